namespace VisionRollout.Core.Statistics;

/// <summary>Combines the evidence of successive blocks into one e-process that also sees a version that turns bad late: 0.9 of the
/// capital is put on the product from the first block on, the rest on products that start with a later block (0.1 / (j (j − 1)) for
/// block j) and waits as cash until then. A mixture of e-processes is an e-process (Ramdas, Grünwald, Vovk, Shafer, arXiv 2210.01948).</summary>
internal static class StartMixture
{
    private const double LateStarts = 0.1;

    /// <summary>Log evidence of the whole.</summary>
    /// <param name="blocks">Log evidence of each block, in order.</param>
    public static double Combine(ReadOnlySpan<double> blocks)
    {
        if (blocks.Length == 0) return 0;
        Span<double> terms = blocks.Length < 64 ? stackalloc double[blocks.Length + 1] : new double[blocks.Length + 1];
        var product = 0.0;
        for (var index = blocks.Length - 1; index >= 0; index--)
        {
            product += blocks[index];
            terms[index] = product + Math.Log(index == 0 ? 1 - LateStarts : LateStarts / index / (index + 1));
        }

        terms[^1] = Math.Log(LateStarts / blocks.Length);
        return SpecialFunctions.LogSumExp(terms);
    }
}
