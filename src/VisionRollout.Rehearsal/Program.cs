using System.Text;
using VisionRollout.Rehearsal.Hosting;

// Large enough that the ready line goes out in one piece: who looks at a file sees all of it or nothing.
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
// Ctrl-C at a terminal goes to its whole process group. The cluster must outlive the runbook that the Ctrl-C is meant for, so that
// the runbook can clean up; it ends when the runbook's process does. setsid(2) fails for a group leader, which is its own session anyway.
if (!OperatingSystem.IsWindows()) _ = NativeMethods.StartSession();
return await RehearsalProgram.RunAsync(args, output, Console.Error);
