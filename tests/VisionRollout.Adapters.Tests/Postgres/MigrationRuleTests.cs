using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Tests.Postgres;

public sealed class MigrationRuleTests(PostgresServer server)
{
    private const int Limit = 60_000;

    public static TheoryData<int, MigrationRule> Examples { get; } = [.. RuleExample.All.Select((example, index) => (index, example.Rule))];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Examples))]
    public async Task A_rule_is_against_what_it_names(int index, MigrationRule rule)
    {
        var example = RuleExample.All[index];
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup, example.NewestApplied > 0 ? $"INSERT INTO schema_migrations VALUES ({example.NewestApplied})" : "SELECT 1");

        var preflight = await bench.RunAsync(example.Bad);

        var found = preflight.Against().Where(finding => finding.Rule == rule).ToList();
        Assert.True(found.Count > 0, string.Join('\n', preflight.Against()));
        Assert.Equal(example.Verdict, found.Max(finding => finding.Verdict));
        Assert.All(found, finding => Assert.False(string.IsNullOrWhiteSpace(finding.Remedy)));
        if (example.Verdict > MigrationVerdict.Warning) Assert.Equal(Verdict.NoGo, preflight.Verdict);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Examples))]
    public async Task A_rule_is_not_against_the_way_that_it_recommends(int index, MigrationRule rule)
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);

        var preflight = await bench.RunAsync(RuleExample.All[index].Good);

        Assert.DoesNotContain(preflight.Against(), finding => finding.Rule == rule || finding.Rule == MigrationRule.MigrationFails);
        Assert.Equal(RuleExample.All[index].Good.Sum(script => script.Up.Length), preflight.Statements.Count);
    }

    [Fact]
    public void Every_rule_about_migrations_has_an_example()
    {
        // These have tests of their own below and among the judge's.
        MigrationRule[] others =
            [MigrationRule.None, MigrationRule.OldVersionFails, MigrationRule.LongTransaction, MigrationRule.WraparoundVacuum, MigrationRule.PreparedTransaction, MigrationRule.SqlNotCaptured];
        Assert.Equal(Enum.GetValues<MigrationRule>().Except(others), RuleExample.All.Select(example => example.Rule).Distinct().Order());
    }
}
