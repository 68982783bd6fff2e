using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Module.Tests.Canary;

/// <summary>A past canary replayed through the pipeline.</summary>
public sealed class ResolveCanaryVerdictTests
{
    private const string Resolve = "param($rows) $rows | Resolve-CanaryVerdict";

    [Fact(Timeout = 90_000)]
    public async Task A_good_canary_ends_in_Go_and_says_before_how_much_is_missing()
    {
        var verdicts = await JudgeAsync(Enumerable.Repeat(Row("5", 1000, 0, 19_000, 9), 30));
        Assert.Equal(30, verdicts.Count);
        Assert.Equal(Verdict.Undecided, verdicts[0].Verdict);
        Assert.True(verdicts[0].RequestsMissing > 1000);
        Assert.Contains("more canary requests decide", verdicts[0].Reason, StringComparison.Ordinal);
        var last = verdicts[^1];
        Assert.Equal((Verdict.Go, 0L), (last.Verdict, last.RequestsMissing));
        Assert.True(last.GoEvidence >= 20 && last.DeltaHigh < 0.001 && last.DeltaLow <= last.DeltaHigh);
        Assert.Equal((30_000, 570_000), (last.CanaryRequests, last.BaselineRequests));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_bad_canary_ends_in_NoGo_and_is_a_regression()
    {
        var verdicts = await JudgeAsync(Enumerable.Repeat(Row("5", 500, 10, 9_500, 5), 5));
        var last = verdicts[^1];
        Assert.Equal((Verdict.NoGo, true), (last.Verdict, last.Regression));
        Assert.True(last.NoGoEvidence >= 20 && last.RegressionEvidence >= 20 && last.DeltaLow > 0.001);
    }

    [Fact(Timeout = 90_000)]
    public async Task Rows_of_text_as_from_a_file_and_hashtables_give_the_same_verdicts_as_numbers()
    {
        using var host = await ModuleHost.OfAssemblyAsync();
        var result = await host.RunAsync("""
            [pscustomobject]@{ Stage = 5; CanaryRequests = 1000; CanaryErrors = 2; BaselineRequests = 19000; BaselineErrors = 9 } | Resolve-CanaryVerdict
            [pscustomobject]@{ Stage = '5'; CanaryRequests = '1000'; CanaryErrors = '2.0'; BaselineRequests = '1.9e4'; BaselineErrors = ' 9 ' } | Resolve-CanaryVerdict
            @{ Stage = '5'; CanaryRequests = 1000; CanaryErrors = 2; BaselineRequests = [decimal]19000; BaselineErrors = [uint16]9 } | Resolve-CanaryVerdict
            Resolve-CanaryVerdict @{ stage = '5'; canaryrequests = 1000; canaryerrors = 2; baselinerequests = 19000; baselineerrors = 9 }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(4, result.Output.Count);
        Assert.Single(result.As<CanaryVerdict>().Distinct());
    }

    [Fact(Timeout = 90_000)]
    public async Task Every_bad_row_is_one_error_that_names_it_and_the_rest_is_judged_as_if_it_were_not_there()
    {
        var good = Row("5", 1000, 1, 19_000, 9);
        var bad = new[]
        {
            Row("", 1, 0, 1, 0), Row("5", -1, 0, 1, 0), Row("5", double.NaN, 0, 1, 0), Row("5", "many", 0, 1, 0), Row("5", 10, 11, 1, 0),
            Row("5", 10, 0, 1, 2), Row("5", 10, 0, "", 0), Row("5", 10, 0, true, 0), Row("5", double.PositiveInfinity, 0, 1, 0), new PSObject("text"),
        };
        using var host = await ModuleHost.OfAssemblyAsync();
        var mixed = await host.RunAsync(Resolve, (object)bad.SelectMany(row => new[] { row, good }).ToArray());
        var clean = await host.RunAsync(Resolve, (object)Enumerable.Repeat(good, bad.Length).ToArray());
        Assert.Equal(clean.As<CanaryVerdict>(), mixed.As<CanaryVerdict>());
        Assert.Equal(bad.Length, mixed.Errors.Count);
        Assert.All(mixed.Errors, error => Assert.Equal(("RecordedIntervalInvalid", ErrorCategory.InvalidData), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category)));
        Assert.Equal(Enumerable.Range(0, bad.Length).Select(index => $"Row {(index * 2) + 1}: "), mixed.Errors.Select(error => error.Exception.Message[..(error.Exception.Message.IndexOf(':') + 2)]));
        Assert.All(mixed.Errors.Zip(bad), pair => Assert.Same(pair.Second.BaseObject, Assert.IsType<PSObject>(pair.First.TargetObject, exactMatch: false).BaseObject));
    }

    [Theory(Timeout = 90_000)]
    [InlineData(0, 0)]
    [InlineData(0, 19_000)]
    [InlineData(1000, 0)]
    public async Task An_interval_without_requests_is_never_Go_whatever_was_proven_before(double canary, double baseline)
    {
        var verdicts = await JudgeAsync([Row("5", 100_000, 40, 1_900_000, 950), Row("10", canary, 0, baseline, 0)]);
        Assert.Equal([Verdict.Go, Verdict.Undecided], verdicts.Select(verdict => verdict.Verdict));
        Assert.Contains("served no requests in this interval", verdicts[1].Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task Evidence_multiplies_over_stages_but_counts_of_different_shares_are_not_pooled()
    {
        // Simpson: in each stage both arms are equal; pooled, the canary would look far better than the baseline.
        var verdicts = await JudgeAsync([Row("5", 1_000, 20, 19_000, 380), Row("50", 20_000, 20, 20_000, 20)]);
        Assert.Equal((20_000, 20_000), (verdicts[1].CanaryRequests, verdicts[1].BaselineRequests));
        Assert.InRange(0, verdicts[1].DeltaLow, verdicts[1].DeltaHigh);
        Assert.False(verdicts[1].Regression);
    }

    [Fact(Timeout = 90_000)]
    public async Task The_tolerance_and_the_error_probability_are_parameters_and_wrong_ones_end_it_at_once()
    {
        using var host = await ModuleHost.OfAssemblyAsync();
        var row = Row("5", 20_000, 30, 380_000, 190);
        var wide = await host.RunAsync("param($row) $row | Resolve-CanaryVerdict -Delta 0.01 -Alpha 0.01", row);
        Assert.Equal(Verdict.Go, wide.As<CanaryVerdict>().Single().Verdict);
        foreach (var wrong in new[] { "-Delta 0", "-Delta 1", "-Alpha 0.5", "-Alpha 0" })
        {
            var result = await host.RunAsync($"param($row) $row | Resolve-CanaryVerdict {wrong}", row);
            Assert.Equal("JudgeSettingInvalid", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
            Assert.Empty(result.Output);
        }
    }

    [Fact(Timeout = 90_000)]
    public async Task Verdicts_stream_and_Ctrl_C_ends_it()
    {
        using var host = await ModuleHost.OfAssemblyAsync();
        var run = host.Start("param($row) & { while ($true) { $row } } | Resolve-CanaryVerdict", Row("5", 1000, 1, 19_000, 9));
        await run.OutputCountAsync(10);
        await run.StopAsync();
        Assert.IsType<PipelineStoppedException>((await run.ResultAsync()).Failure);
    }

    [Fact(Timeout = 90_000)]
    public async Task It_keeps_up_fifty_thousand_rows_in_seconds_with_a_steady_pace()
    {
        using var host = await ModuleHost.OfAssemblyAsync();
        const string Script = "param($row, $count) $n = 0; & { for ($i = 0; $i -lt $count; $i++) { $row } } | Resolve-CanaryVerdict | ForEach-Object { $n++ }; $n";
        await host.RunAsync(Script, Row("5", 40, 0, 760, 1), 2_000);
        var clock = Stopwatch.StartNew();
        var result = await host.RunAsync(Script, Row("5", 40, 0, 760, 1), 50_000);
        Assert.Equal(50_000, result.As<int>().Single());
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    private static PSObject Row(object stage, object canaryRequests, object canaryErrors, object baselineRequests, object baselineErrors)
    {
        var row = new PSObject();
        row.Properties.Add(new PSNoteProperty("Stage", stage));
        row.Properties.Add(new PSNoteProperty("CanaryRequests", canaryRequests));
        row.Properties.Add(new PSNoteProperty("CanaryErrors", canaryErrors));
        row.Properties.Add(new PSNoteProperty("BaselineRequests", baselineRequests));
        row.Properties.Add(new PSNoteProperty("BaselineErrors", baselineErrors));
        return row;
    }

    private static async Task<IReadOnlyList<CanaryVerdict>> JudgeAsync(IEnumerable<PSObject> rows)
    {
        using var host = await ModuleHost.OfAssemblyAsync();
        var result = await host.RunAsync(Resolve, (object)rows.ToArray());
        Assert.Null(result.Failure);
        Assert.Empty(result.Errors);
        return result.As<CanaryVerdict>();
    }
}
