using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Plan;

/// <summary>What the reader does with nodes, whatever the file format. The cases of every kind of mistake are in the module's tests, on the example plan.</summary>
public sealed class PlanReaderTests
{
    [Fact]
    public void An_empty_plan_names_every_missing_key_at_its_place()
    {
        var reading = PlanReader.Read(new PlanMap(3, 1, []), "/plan.psd1", "");
        Assert.Null(reading.Plan);
        Assert.Equal(
            ["Colours", "Name", "Title", "Environments", "Services", "Timeline", "Canary", "Gates", "SuccessCriteria", "Risks",
             "Checklists", "Contacts", "Channels", "Messages", "Rollback"],
            reading.Problems.Select(problem => problem.Where));
        Assert.All(reading.Problems, problem => Assert.Equal((3, 1), (problem.Line, problem.Column)));
    }

    [Fact]
    public void What_the_file_reader_reported_is_not_reported_again()
    {
        var reported = new PlanProblem(1, 1, "the file", "no data", "");
        var reading = PlanReader.Read(new PlanUnreadable(1, 1), "/plan.psd1", "", [reported]);
        Assert.Equal([reported], reading.Problems);
    }

    [Fact]
    public void A_list_as_the_plan_is_a_mistake()
    {
        var problem = Assert.Single(PlanReader.Read(new PlanList(1, 1, []), "/plan.psd1", "").Problems);
        Assert.Equal("an array is no hashtable.", problem.Message);
    }

    [Fact]
    public void Mistakes_come_in_the_order_of_the_file()
    {
        var map = new PlanMap(1, 1, [Entry("Name", 9, new PlanScalar(9, 8, 5L)), Entry("Zzzzzzzzzz", 2, new PlanScalar(2, 8, "x"))]);
        var lines = PlanReader.Read(map, "/plan.psd1", "").Problems.Select(problem => problem.Line).ToArray();
        Assert.Equal(lines.Order(), lines);
        Assert.Equal([2, 9], lines[^2..]);
    }

    [Fact]
    public void Nodes_deeper_than_expected_are_mistakes_and_no_failure()
    {
        PlanNode nested = new PlanScalar(1, 1, null);
        for (var depth = 0; depth < 50; depth++) nested = new PlanList(1, 1, [nested]);
        string[] keys = ["Colours", "Services", "Timeline", "Canary", "Gates", "Messages", "Links", "Rollback"];
        var reading = PlanReader.Read(new PlanMap(1, 1, [.. keys.Select(key => Entry(key, 1, nested))]), "/plan.psd1", "");
        Assert.All(keys, key => Assert.Contains(reading.Problems, problem => problem.Where.StartsWith(key, StringComparison.Ordinal)));
    }

    private static PlanEntry Entry(string key, int line, PlanNode value) => new(key, line, 1, value);
}
