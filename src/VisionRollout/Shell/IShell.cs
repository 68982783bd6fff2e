using System.Management.Automation;

namespace VisionRollout.Shell;

/// <summary>PowerShell's streams for code that runs off the pipeline thread; every call is marshalled in order.</summary>
internal interface IShell
{
    /// <summary>Writes an object to the output stream.</summary>
    void Write(object value);

    /// <summary>Writes a verbose line.</summary>
    void Verbose(string text);

    /// <summary>Writes a warning.</summary>
    void Warn(string text);

    /// <summary>Writes a non-terminating error.</summary>
    void Error(Exception exception, object? target = null);

    /// <summary>Runs code on the pipeline thread, where script blocks belong, and gives its result.</summary>
    /// <param name="call">The code; what it throws, the task throws.</param>
    /// <param name="token">Ends the wait.</param>
    Task<T> CallAsync<T>(Func<T> call, CancellationToken token);

    /// <summary>Shows progress. Repeated texts of the same activity are throttled; call with <paramref name="done"/> to complete.</summary>
    /// <param name="activity">What is going on; its id is derived from the text.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="percent">0 to 100, or -1 when unknown.</param>
    /// <param name="secondsLeft">Seconds left, or -1 when unknown.</param>
    /// <param name="done">True completes the activity.</param>
    void Progress(string activity, string status, int percent = -1, int secondsLeft = -1, bool done = false);
}
