using VisionRollout.Adapters.Postgres;

namespace VisionRollout.Adapters.Backups;

/// <summary>Keeps the last lines of a program's error output, without the password. Safe for concurrent use.</summary>
internal sealed class LastLines(DatabaseAddress address)
{
    private const int Limit = 20;
    private readonly Queue<string> lines = [];

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (lines)
        {
            if (lines.Count == Limit) lines.Dequeue();
            lines.Enqueue(address.Redact(line.Trim()));
        }
    }

    public override string ToString()
    {
        lock (lines) return lines.Count == 0 ? "it said nothing" : string.Join(" | ", lines);
    }
}
