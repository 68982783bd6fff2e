using BenchmarkDotNet.Running;
using VisionRollout.Benchmarks.Databases;
using VisionRollout.Benchmarks.Judge;
using VisionRollout.Benchmarks.Traffic;

if (args.Length > 0 && args[0] == "judge") return await JudgeProgram.RunAsync(args[1..]);
if (args.Length > 0 && args[0] == "judge-speed") return SpeedProgram.Run();
if (args.Length > 0 && args[0] == "lock-watch") return await LockWatchProgram.RunAsync(args[1..]);
if (args.Length > 0 && args[0] == "databases") return await DatabasesProgram.RunAsync(args[1..]);
if (args.Length > 0 && args[0] == "traffic") return await TrafficProgram.RunAsync(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(JudgeProgram).Assembly).Run(args);
return 0;
