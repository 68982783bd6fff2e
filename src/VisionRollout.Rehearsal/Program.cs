using System.Text;
using VisionRollout.Rehearsal.Hosting;

// Large enough that the ready line goes out in one piece: who looks at a file sees all of it or nothing.
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
return await RehearsalProgram.RunAsync(args, output, Console.Error);
