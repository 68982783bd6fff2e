using VisionRollout.Rehearsal.Hosting;

return await RehearsalProgram.RunAsync(args, Console.Out, Console.Error);
