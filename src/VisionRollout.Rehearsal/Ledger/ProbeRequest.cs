namespace VisionRollout.Rehearsal.Ledger;

/// <summary>One probe request.</summary>
/// <param name="Sequence">Its number, from 1.</param>
/// <param name="Service">The service asked.</param>
/// <param name="Write">Whether it writes into the service's ledger.</param>
/// <param name="Canary">Whether it carries the canary header.</param>
internal readonly record struct ProbeRequest(long Sequence, string Service, bool Write, bool Canary)
{
    /// <summary>
    /// The request of a number: the services in turn, a write and a read of each after the other, and one in ten with the canary
    /// header so that over time every combination of the three occurs.
    /// </summary>
    public static ProbeRequest Of(long sequence, IReadOnlyList<string> services)
    {
        var round = (sequence - 1) / services.Count;
        var turn = (int)((sequence - 1) % services.Count);
        return new ProbeRequest(sequence, services[turn], round % 2 == 0, (round / 2 + turn * 3) % 10 == 0);
    }
}
