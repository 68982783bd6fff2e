using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Errors;

/// <summary>A failure with a stable id, one clear message that names the thing and the place, and the remedy.</summary>
public class RolloutException : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="id">Stable error id in Pascal case, e.g. <c>KubernetesUnreachable</c>.</param>
    /// <param name="kind">What kind of trouble it is.</param>
    /// <param name="message">What happened, to what, where.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="target">The thing it is about.</param>
    /// <param name="inner">The cause.</param>
    public RolloutException(string id, RolloutErrorKind kind, string message, string remedy = "", object? target = null, Exception? inner = null)
        : base(message, inner)
    {
        Id = id;
        Kind = kind;
        Remedy = remedy;
        Target = target;
    }

    /// <summary>Stable error id.</summary>
    public string Id { get; }

    /// <summary>What kind of trouble it is.</summary>
    public RolloutErrorKind Kind { get; }

    /// <summary>What to do about it; may be empty.</summary>
    public string Remedy { get; }

    /// <summary>The thing it is about.</summary>
    public object? Target { get; }

    /// <summary>Trigger of the plan's risk matrix that this failure is (see <see cref="Evidence.Finding.Trigger"/>); empty when none.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>The findings that led here.</summary>
    public IReadOnlyList<Evidence.Finding> Findings { get; init => field = IndexedList.Of(value); } = [];
}
