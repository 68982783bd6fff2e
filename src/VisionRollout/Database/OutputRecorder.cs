using System.Globalization;
using System.Threading.Channels;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Records the lines of a running migration command in the journal, if there is one, while it runs: those of a moment in one record. Of a
/// talkative one the first lines stand there at once, and when disposed how many were left out, and the last ones.</summary>
internal sealed class OutputRecorder : IAsyncDisposable
{
    // A journal is read as a whole, and a store in the cluster takes records of some 100 KB.
    private const int FirstLines = 500;
    private const int LastLines = 500;
    private const int LinesPerRecord = 100;
    private const int LettersAtMost = 1_000;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(15);

    private readonly RolloutSession session;
    private readonly string service;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly Queue<string> last = new(); // also the lock
    private readonly Task recording;
    private int first;
    private int leftOut;

    private OutputRecorder(RolloutSession session, string service)
    {
        this.session = session;
        this.service = service;
        recording = RecordAsync();
    }

    /// <summary>Does some work and records its lines; nothing else may be recorded meanwhile.</summary>
    /// <param name="session">The session.</param>
    /// <param name="service">The service.</param>
    /// <param name="onLine">Takes each line too.</param>
    /// <param name="work">The work; hands its lines over, from any thread.</param>
    public static async Task<T> RunAsync<T>(RolloutSession session, string service, Action<string> onLine, Func<Action<string>, Task<T>> work)
    {
        await using var recorder = new OutputRecorder(session, service);
        return await work(line =>
        {
            onLine(line);
            recorder.Take(line);
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        WriteLast();
        await ending.CancelAsync();
        givenUp.CancelAfter(LastLimit);
        try
        {
            await recording;
        }
        catch (Exception cause) when (cause is RolloutException or OperationCanceledException or IOException)
        {
            // Whoever records how the command ended meets the same obstacle and tells it.
        }

        ending.Dispose();
        givenUp.Dispose();
    }

    private void Take(string line)
    {
        var kept = line.Length <= LettersAtMost ? line : line[..LettersAtMost] + "…";
        lock (last)
        {
            if (first < FirstLines)
            {
                first++;
                lines.Writer.TryWrite(kept);
                return;
            }

            last.Enqueue(kept);
            if (last.Count <= LastLines) return;
            last.Dequeue();
            leftOut++;
        }
    }

    private void WriteLast()
    {
        lock (last)
        {
            if (leftOut > 0) lines.Writer.TryWrite(string.Create(CultureInfo.InvariantCulture, $"… lines left out here: {leftOut} …"));
            while (last.TryDequeue(out var line)) lines.Writer.TryWrite(line);
            lines.Writer.TryComplete();
        }
    }

    private async Task RecordAsync()
    {
        while (await lines.Reader.WaitToReadAsync(givenUp.Token))
        {
            await Task.Delay(Moment, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var taken = new List<string>();
            while (taken.Count < LinesPerRecord && lines.Reader.TryRead(out var line)) taken.Add(line);
            await session.RecordOrKeepAsync(new MigrationOutput(service, taken), givenUp.Token);
        }
    }
}
