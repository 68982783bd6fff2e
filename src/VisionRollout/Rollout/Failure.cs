using System.Management.Automation;
using VisionRollout.Core.Errors;

namespace VisionRollout;

/// <summary>Why a script block failed: the innermost failure of ours, and the error record to show.</summary>
internal sealed record Failure(ErrorRecord Record, RolloutException? Cause)
{
    public string Message => Record.ErrorDetails?.Message is { Length: > 0 } details ? details : Record.Exception.Message;

    public string Trigger => Cause?.Trigger ?? "";

    public static Failure From(RuntimeException exception) => new(exception.ErrorRecord, FindCause(exception));

    public static Failure From(ErrorRecord record) => new(record, FindCause(record.Exception));

    private static RolloutException? FindCause(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < 20; depth++)
        {
            if (exception is RolloutException found) return found;
            var recorded = (exception as IContainsErrorRecord)?.ErrorRecord?.Exception;
            exception = recorded is not null && !ReferenceEquals(recorded, exception) && recorded is not ParentContainsErrorRecordException ? recorded : exception.InnerException;
        }

        return null;
    }
}
