namespace VisionRollout.EndToEnd.Tests;

/// <summary>Waits for what another process does in the file system.</summary>
internal static class Appears
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until a file exists; false when the waiting became vain before.</summary>
    public static Task<bool> FileAsync(string path, Func<bool> vain, CancellationToken token) => WhenAsync(() => File.Exists(path), vain, token);

    /// <summary>Waits until something is so; false when the waiting became vain before.</summary>
    public static async Task<bool> WhenAsync(Func<bool> condition, Func<bool> vain, CancellationToken token)
    {
        using var timer = new PeriodicTimer(Poll);
        for (; ; await timer.WaitForNextTickAsync(token))
        {
            var isVain = vain();
            if (condition()) return true;
            if (isVain) return false;
        }
    }
}
