namespace VisionRollout.Rehearsal.Metrics;

/// <summary>The NaN by which Prometheus marks that a series has ended (0x7ff0000000000002), other than a NaN that was measured.</summary>
internal static class StaleMarker
{
    private const long Bits = 0x7ff0000000000002;

    /// <summary>The marker.</summary>
    public static double Value { get; } = BitConverter.Int64BitsToDouble(Bits);

    /// <summary>Whether a value is the marker.</summary>
    public static bool Is(double value) => BitConverter.DoubleToInt64Bits(value) == Bits;
}
