using VisionRollout.Rehearsal.Hosting;

namespace VisionRollout.Rehearsal.Tests.Hosting;

public sealed class RehearsalArgumentsTests
{
    [Fact]
    public void All_arguments_are_read_in_any_order()
    {
        var arguments = RehearsalArguments.Parse(["--parent", "42", "--postgres", "Host=db", "--directory", "d", "--scenario", "s.json"]);

        Assert.Equal(42, arguments.ParentProcessId);
        Assert.Equal("Host=db", arguments.PostgresConnectionString);
        Assert.Equal(Path.GetFullPath("d"), arguments.Directory);
        Assert.Equal(Path.GetFullPath("s.json"), arguments.ScenarioFile);
    }

    [Theory]
    [InlineData("--scenario s --directory d", "'--parent' is missing")]
    [InlineData("--scenario s --directory d --parent x", "not a process id")]
    [InlineData("--scenario s --directory d --parent 0", "not a process id")]
    [InlineData("--scenario s --scenario s --directory d --parent 1", "given twice")]
    [InlineData("--scenario s --directory d --parent", "needs a value")]
    [InlineData("--scenari s", "Unknown argument '--scenari'")]
    public void A_mistake_is_named_with_the_usage(string line, string expected)
    {
        var failure = Assert.Throws<StartFailureException>(() => RehearsalArguments.Parse(line.Split(' ')));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Usage:", failure.Message, StringComparison.Ordinal);
    }
}
