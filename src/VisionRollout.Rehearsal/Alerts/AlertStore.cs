using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Alerts;

/// <summary>Alertmanager's alerts and silences, on the virtual clock. Safe for use by many threads.</summary>
internal sealed class AlertStore(IClusterClock clock)
{
    /// <summary>How long an alert without an end lasts after its last report (Alertmanager's resolve_timeout).</summary>
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Alert> alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Silence> silences = new(StringComparer.Ordinal);

    /// <summary>The alerts that fire now, by their start.</summary>
    public IReadOnlyList<Alert> Firing
    {
        get
        {
            var now = clock.Now;
            lock (gate)
                return [.. alerts.Values.Where(alert => alert.StartsAt <= now && alert.EndsAt > now).OrderBy(alert => alert.StartsAt)];
        }
    }

    /// <summary>All silences, the latest first.</summary>
    public IReadOnlyList<Silence> Silences
    {
        get
        {
            lock (gate)
                return [.. silences.Values.OrderByDescending(silence => silence.StartsAt)];
        }
    }

    /// <summary>Takes a report of an alert; it keeps its start while it goes on firing.</summary>
    public void Report(
        IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations,
        DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null, string generatorUrl = "")
    {
        var now = clock.Now;
        var fingerprint = AlertFingerprint.Of(labels);
        lock (gate)
        {
            var goesOn = alerts.TryGetValue(fingerprint, out var before) && before.EndsAt > now;
            alerts[fingerprint] = new Alert
            {
                Labels = labels,
                Annotations = annotations,
                StartsAt = startsAt ?? (goesOn ? before!.StartsAt : Earlier(now, endsAt)),
                EndsAt = endsAt ?? now + ResolveTimeout,
                UpdatedAt = now,
                GeneratorUrl = generatorUrl,
            };
        }
    }

    /// <summary>The ids of the silences that hold for an alert now.</summary>
    public IReadOnlyList<string> SilencedBy(Alert alert)
    {
        var now = clock.Now;
        lock (gate)
        {
            return
            [
                .. silences.Values
                    .Where(silence => silence.StateAt(now) == "active" && silence.Matchers.All(matcher => matcher.Matches(alert.Labels)))
                    .Select(silence => silence.Id),
            ];
        }
    }

    /// <summary>Adds a silence, or replaces the one of its id.</summary>
    /// <returns>Its id; null when it names one that there is not.</returns>
    /// <exception cref="AlertRequestException">The silence makes no sense.</exception>
    public string? Put(Silence silence)
    {
        var now = clock.Now;
        Check(silence, now);
        lock (gate)
        {
            if (silence.Id.Length > 0 && !silences.ContainsKey(silence.Id))
                return null;
            var id = silence.Id.Length > 0 ? silence.Id : Guid.NewGuid().ToString();
            silences[id] = silence with { Id = id, UpdatedAt = now, StartsAt = silence.StartsAt < now ? now : silence.StartsAt };
            return id;
        }
    }

    /// <summary>A silence, or null.</summary>
    public Silence? Find(string id)
    {
        lock (gate)
            return silences.GetValueOrDefault(id);
    }

    /// <summary>Ends a silence now; false when there is none of that id.</summary>
    public bool Expire(string id)
    {
        var now = clock.Now;
        lock (gate)
        {
            if (!silences.TryGetValue(id, out var silence))
                return false;
            if (silence.EndsAt > now)
                silences[id] = silence with { EndsAt = now, UpdatedAt = now };
            return true;
        }
    }

    private static void Check(Silence silence, DateTimeOffset now)
    {
        if (silence.Matchers.Count == 0 || silence.Matchers.All(matcher => matcher.Checked().AllowsEmpty))
            throw new AlertRequestException("invalid silence: at least one matcher must not match the empty string");
        if (silence.EndsAt <= silence.StartsAt)
            throw new AlertRequestException("invalid silence: start time must be before end time");
        if (silence.EndsAt <= now)
            throw new AlertRequestException("invalid silence: end time can't be in the past");
        if (silence.Comment.Length == 0 || silence.CreatedBy.Length == 0)
            throw new AlertRequestException("invalid silence: comment and createdBy must not be empty");
    }

    private static DateTimeOffset Earlier(DateTimeOffset now, DateTimeOffset? end) => end < now ? end.Value : now;
}
