namespace VisionRollout.Rehearsal.Time;

/// <summary>Something that happens in the cluster once per scrape interval of virtual time.</summary>
internal interface IClockTick
{
    /// <summary>Where it stands among the others of the same tick; the lowest runs first.</summary>
    int Order { get; }

    /// <summary>Does the work of the interval that ends now. Must be cheap (well under 5 ms) and must not wait for the clock.</summary>
    /// <param name="now">The tick's virtual time.</param>
    /// <param name="interval">The virtual time since the tick before.</param>
    void Tick(DateTimeOffset now, TimeSpan interval);
}
