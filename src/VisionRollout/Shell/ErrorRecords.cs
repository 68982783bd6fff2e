using System.Management.Automation;
using VisionRollout.Core.Errors;

namespace VisionRollout.Shell;

/// <summary>Turns failures into error records with a stable id, a category and the remedy.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(Exception exception, object? target = null)
    {
        if (exception is IContainsErrorRecord { ErrorRecord: { } existing }) return existing;
        var rollout = exception as RolloutException;
        var record = new ErrorRecord(exception, rollout?.Id ?? exception.GetType().Name, Category(exception), target ?? rollout?.Target);
        if (rollout is { Remedy.Length: > 0 })
            record.ErrorDetails = new ErrorDetails($"{rollout.Message} {rollout.Remedy}");
        return record;
    }

    private static ErrorCategory Category(Exception exception) => exception switch
    {
        RolloutException rollout => rollout.Kind switch
        {
            RolloutErrorKind.InvalidInput => ErrorCategory.InvalidData,
            RolloutErrorKind.NotFound => ErrorCategory.ObjectNotFound,
            RolloutErrorKind.InvalidState => ErrorCategory.InvalidOperation,
            RolloutErrorKind.Conflict => ErrorCategory.ResourceBusy,
            RolloutErrorKind.AccessDenied => ErrorCategory.PermissionDenied,
            RolloutErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
            RolloutErrorKind.Timeout => ErrorCategory.OperationTimeout,
            RolloutErrorKind.Corrupt => ErrorCategory.InvalidData,
            _ => ErrorCategory.InvalidResult,
        },
        // HttpClient tells its timeout this way.
        OperationCanceledException { InnerException: TimeoutException } => ErrorCategory.OperationTimeout,
        OperationCanceledException => ErrorCategory.OperationStopped,
        TimeoutException => ErrorCategory.OperationTimeout,
        UnauthorizedAccessException => ErrorCategory.PermissionDenied,
        IOException => ErrorCategory.ReadError,
        ArgumentException => ErrorCategory.InvalidArgument,
        _ => ErrorCategory.InvalidResult,
    };
}
