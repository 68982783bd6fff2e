namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The rehearsal cannot start. The message says what is wrong and what to do; the code is one of PROTOCOL.md.</summary>
public sealed class StartFailureException : Exception
{
    /// <summary>Start failed for a reason without a code of its own.</summary>
    public const string StartFailed = "start-failed";

    /// <summary>PostgreSQL's programs are not installed.</summary>
    public const string PostgresMissing = "postgres-missing";

    /// <summary>A fixed port of the scenario is taken.</summary>
    public const string PortBusy = "port-busy";

    /// <summary>The scenario file has mistakes.</summary>
    public const string ScenarioInvalid = "scenario-invalid";

    /// <summary>Makes a failure with one of the codes above.</summary>
    public StartFailureException(string code, string message, Exception? cause = null)
        : base(message, cause) => Code = code;

    /// <summary>The code of the ready line.</summary>
    public string Code { get; }
}
