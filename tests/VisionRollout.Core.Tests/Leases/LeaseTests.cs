using System.Diagnostics;
using VisionRollout.Core.Leases;

namespace VisionRollout.Core.Tests.Leases;

/// <summary>Who may write, and from when on.</summary>
public sealed class LeaseTests
{
    private const int Limit = 120_000;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(900);
    private readonly StoredLease store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Free_lease_is_taken_at_once_and_given_back()
    {
        var held = await AcquireAsync(Short);
        Assert.Equal((1, null), (held.Fence, held.TakenFrom));
        await held.RequireAsync(Token);

        await held.DisposeAsync();
        Assert.Null(store.Stored!.Holder);
        await using var next = await AcquireAsync(Short);
        Assert.Equal((2, null), (next.Fence, next.TakenFrom));
    }

    [Fact(Timeout = Limit)]
    public async Task Second_start_says_who_holds_it_since_when_from_where()
    {
        store.HoldElsewhere(TimeSpan.FromSeconds(20));
        var looks = 0;
        var request = Request(Short) with { OnWait = _ => { if (++looks == 2) store.RenewElsewhere(); } };
        var refused = await Assert.ThrowsAsync<LeaseHeldException>(() => new LeaseAcquisition(store, TimeProvider.System).AcquireAsync(request, Token));
        Assert.Equal("LeaseHeld", refused.Id);
        foreach (var told in new[] { "ops@runner-7/4711", "jane", "2026-11-23 09:00:00 UTC", "r1", "fencing number 6" }) Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Silent_holder_is_waited_out_by_our_own_clock_whatever_its_clock_says()
    {
        store.HoldElsewhere(Short); // its clock says it was renewed long ago: that must not count
        var waited = Stopwatch.StartNew();
        await using var held = await AcquireAsync(Short);
        Assert.InRange(waited.Elapsed, Short - TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(20));
        Assert.Equal(7, held.Fence);
        Assert.Equal("ops@runner-7/4711#ab", held.TakenFrom!.Holder!.Identity);
    }

    [Fact(Timeout = Limit)]
    public async Task Holder_whose_process_ended_here_is_not_waited_for()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        store.HoldElsewhere(TimeSpan.FromMinutes(10));
        await store.WriteAsync(store.Stored! with { Holder = new("ops@here", LocalProcess.Place, $"{process.Id}:1") }, Token);
        var waited = Stopwatch.StartNew();
        await using var held = await AcquireAsync(Short);
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10));
        Assert.True(LocalProcess.IsRunning(LocalProcess.Current));
    }

    [Fact(Timeout = Limit)]
    public async Task Living_holder_is_taken_over_only_on_purpose_and_must_not_write_any_more()
    {
        await using var old = await AcquireAsync(TimeSpan.FromMinutes(1));
        await using var taker = await new LeaseAcquisition(store, TimeProvider.System).AcquireAsync(Request(Short) with { TakeOver = true }, Token);
        Assert.Equal(old.Fence + 1, taker.Fence);
        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => old.RequireAsync(Token));
        Assert.Contains($"fencing number {taker.Fence}", lost.Message, StringComparison.Ordinal);
        Assert.True(old.IsLost);
        await taker.RequireAsync(Token);

        await old.DisposeAsync(); // gives nothing back that is not its own
        await taker.RequireAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Holder_that_renews_keeps_it_longer_than_its_duration()
    {
        await using var held = await AcquireAsync(TimeSpan.FromMilliseconds(300));
        var first = held.Record.RenewedAt;
        await Assert.ThrowsAsync<LeaseHeldException>(() => AcquireAsync(Short));
        await held.RequireAsync(Token);
        Assert.True(held.Record.RenewedAt > first);
    }

    [Fact(Timeout = Limit)]
    public async Task Lost_answers_do_not_make_us_our_own_rival()
    {
        store.LostAnswers = 2;
        await using var held = await AcquireAsync(Short);
        await held.NameAsync("r2", Token);
        await held.RequireAsync(Token);
        Assert.Equal(("r2", 1), (store.Stored!.Rollout, store.Stored.Fence));
    }

    [Fact(Timeout = Limit)]
    public async Task Of_many_that_start_together_one_gets_it()
    {
        var attempts = Enumerable.Range(0, 12).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await AcquireAsync(TimeSpan.FromMilliseconds(600));
            }
            catch (LeaseHeldException)
            {
                return null;
            }
        })).ToList();
        var held = (await Task.WhenAll(attempts)).OfType<HeldLease>().ToList();
        Assert.Single(held);
        await held[0].DisposeAsync();
    }

    private static LeaseRequest Request(TimeSpan duration) => new("production", "tester", duration);

    private Task<HeldLease> AcquireAsync(TimeSpan duration) => new LeaseAcquisition(store, TimeProvider.System).AcquireAsync(Request(duration), Token);
}
