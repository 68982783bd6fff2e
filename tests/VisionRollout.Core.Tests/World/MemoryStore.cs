using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Tests.World;

/// <summary>A journal store in memory, which several machines share and which can be down or lose its answers.</summary>
internal sealed class MemoryStore : IJournalStore
{
    public List<byte[]> Lines { get; } = [];

    public bool IsDown { get; set; }

    /// <summary>Answers, and takes nothing: no permission any more, or a quota.</summary>
    public bool Refuses { get; set; }

    /// <summary>Stores the next line and fails all the same.</summary>
    public bool LosesNextAnswer { get; set; }

    public int Reads { get; private set; }

    public string Location => "the memory";

    public Task<IReadOnlyList<byte[]>> ReadAsync(int known, CancellationToken token)
    {
        Answer();
        Reads++;
        return Task.FromResult<IReadOnlyList<byte[]>>([.. Lines.Skip(known)]);
    }

    public Task<bool> AppendAsync(int number, byte[] line, CancellationToken token)
    {
        Answer();
        if (Refuses) throw new RolloutException("Forbidden", RolloutErrorKind.AccessDenied, "exceeded quota: configmaps.");
        if (number != Lines.Count + 1) return Task.FromResult(false);
        Lines.Add(line);
        if (!LosesNextAnswer) return Task.FromResult(true);
        LosesNextAnswer = false;
        throw new RolloutException("Unreachable", RolloutErrorKind.Unavailable, "The answer was lost.");
    }

    private void Answer()
    {
        if (IsDown) throw new RolloutException("Unreachable", RolloutErrorKind.Unavailable, "Nobody answers.");
    }
}
