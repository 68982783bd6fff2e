using VisionRollout.Host;

return HostArguments.Parse(args) switch
{
    { Error: { } error } => Usage.Fail(error),
    { ShowHelp: true } => Usage.Show(),
    { ShowVersion: true } => Usage.ShowVersion(),
    var arguments => new ScriptRun(arguments).Run(),
};
