using System.Globalization;
using System.Management.Automation;

namespace VisionRollout.Host;

/// <summary>Progress as plain lines for a log: an activity's first and last word, a line when its status changes,
/// and none sooner than <see cref="Interval"/> after the one before.</summary>
internal sealed class LineProgress(TextWriter log, TimeProvider time) : IProgressView
{
    /// <summary>The shortest time between two lines of one activity.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<int, Line> shown = [];

    public void Show(ProgressRecord record)
    {
        lock (gate)
        {
            var done = record.RecordType == ProgressRecordType.Completed;
            var known = shown.TryGetValue(record.ActivityId, out var last);
            if (done)
            {
                if (shown.Remove(record.ActivityId)) log.WriteLine($"[{Clock()}] {record.Activity}: done");
                return;
            }

            var text = Text(record);
            if (known && (last!.Text == text || time.GetElapsedTime(last.At) < Interval)) return;
            shown[record.ActivityId] = new Line(text, time.GetTimestamp());
            log.WriteLine($"[{Clock()}] {text}");
        }
    }

    public void Suspend()
    {
    }

    public void Dispose()
    {
    }

    private static string Text(ProgressRecord record)
    {
        var percent = record.PercentComplete >= 0 ? $" {record.PercentComplete.ToString(CultureInfo.InvariantCulture)}%" : "";
        return $"{record.Activity}:{percent} {record.StatusDescription}".TrimEnd();
    }

    private string Clock() => time.GetUtcNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private sealed record Line(string Text, long At);
}
