namespace VisionRollout.Core.Errors;

/// <summary>What kind of trouble it is; the cmdlets map it to PowerShell's error category.</summary>
public enum RolloutErrorKind
{
    /// <summary>Something the caller gave is wrong (plan, parameter).</summary>
    InvalidInput,

    /// <summary>A named thing does not exist.</summary>
    NotFound,

    /// <summary>The state does not allow it (no session, already completed, gate closed).</summary>
    InvalidState,

    /// <summary>Somebody else changed it in between.</summary>
    Conflict,

    /// <summary>The caller may not do it.</summary>
    AccessDenied,

    /// <summary>An outside system does not answer.</summary>
    Unavailable,

    /// <summary>A deadline passed.</summary>
    Timeout,

    /// <summary>An outside system answered, and the answer is a failure.</summary>
    Failed,

    /// <summary>Data read back is damaged.</summary>
    Corrupt,
}
