using VisionRollout.Host;

// What scripts print is UTF-8 wherever it goes.
Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

return HostArguments.Parse(args) switch
{
    { Error: { } error } => Usage.Fail(error),
    { ShowHelp: true } => Usage.Show(),
    { ShowVersion: true } => Usage.ShowVersion(),
    var arguments => new ScriptRun(arguments).Run(),
};
