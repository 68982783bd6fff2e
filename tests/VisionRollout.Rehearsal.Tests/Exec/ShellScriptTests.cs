using VisionRollout.Rehearsal.Exec;

namespace VisionRollout.Rehearsal.Tests.Exec;

public sealed class ShellScriptTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["NAME"] = "vision to code" };

    [Theory]
    [InlineData("echo one  two", ";echo|one|two")]
    [InlineData("echo 'a  b' \"c d\"", ";echo|a  b|c d")]
    [InlineData("echo \"$NAME\" '$NAME' ${NAME}x", ";echo|vision to code|$NAME|vision to codex")]
    [InlineData("true && echo yes || echo no; exit 3", ";true &&echo|yes ||echo|no ;exit|3")]
    [InlineData("echo a\\ b '' $", ";echo|a b||$")]
    public void Words_quotes_variables_and_lists_are_understood(string script, string expected)
    {
        var read = ShellScript.Read(script, Variables);

        Assert.Equal(expected, string.Join(' ', read.Select(command => command.Condition + string.Join('|', command.Words))));
    }
}
