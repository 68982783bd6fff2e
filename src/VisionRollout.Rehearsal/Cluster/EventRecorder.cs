using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Writes core/v1 Events; the same event of the same object again only raises its count.</summary>
internal sealed class EventRecorder(ObjectStore store, IClusterClock clock)
{
    private readonly Dictionary<(string Uid, string Reason, string Message), ObjectKey> known = [];
    private readonly Lock gate = new();
    private long sequence;

    /// <summary>An event of type Normal.</summary>
    public void Normal(JsonObject about, string component, string reason, string message) => Record(about, component, "Normal", reason, message);

    /// <summary>An event of type Warning.</summary>
    public void Warning(JsonObject about, string component, string reason, string message) => Record(about, component, "Warning", reason, message);

    private void Record(JsonObject about, string component, string type, string reason, string message)
    {
        lock (gate)
            Write(about, component, type, reason, message, ObjectStore.Timestamp(clock.Now));
    }

    private void Write(JsonObject about, string component, string type, string reason, string message, string now)
    {
        var identity = (about.Uid(), reason, message);
        if (known.TryGetValue(identity, out var seen) && store.Get(seen) is not null)
        {
            store.Update(seen, again =>
            {
                again["count"] = (again.Int("count") ?? 1) + 1;
                again["lastTimestamp"] = now;
                return again;
            });
            return;
        }

        var ns = about.Namespace() is { Length: > 0 } own ? own : "default";
        var suffix = (clock.Now.ToUnixTimeMilliseconds() << 12 | (++sequence & 0xfff)).ToString("x16", CultureInfo.InvariantCulture);
        var key = new ObjectKey("", "events", ns, $"{about.Name()}.{suffix}");
        store.Create(key, Event(about, component, type, reason, message, now));
        known[identity] = key;
    }

    private static JsonObject Event(JsonObject about, string component, string type, string reason, string message, string now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject(),
        ["involvedObject"] = new JsonObject
        {
            ["kind"] = about.Text("kind"),
            ["namespace"] = about.Namespace(),
            ["name"] = about.Name(),
            ["uid"] = about.Uid(),
            ["apiVersion"] = about.Text("apiVersion"),
            ["resourceVersion"] = about.Text("metadata", "resourceVersion"),
        },
        ["reason"] = reason,
        ["message"] = message,
        ["source"] = new JsonObject { ["component"] = component },
        ["firstTimestamp"] = now,
        ["lastTimestamp"] = now,
        ["count"] = 1,
        ["type"] = type,
        ["eventTime"] = null,
        ["reportingComponent"] = component,
        ["reportingInstance"] = "",
    };
}
