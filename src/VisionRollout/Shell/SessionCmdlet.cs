using System.Management.Automation;
using VisionRollout.Core.Errors;

namespace VisionRollout.Shell;

/// <summary>Base of every cmdlet that works in a session.</summary>
public abstract class SessionCmdlet : RolloutCmdlet
{
    private RolloutSession? resolved;

    /// <summary>The session from Connect-Rollout. Default: the one of this runspace.</summary>
    [Parameter]
    public RolloutSession? Session { get; set; }

    /// <summary>The session to work in.</summary>
    /// <exception cref="RolloutException">NotConnected: there is none.</exception>
    private protected RolloutSession Current => resolved ?? throw NotConnected();

    /// <summary>Finds the session; ends the cmdlet when there is none.</summary>
    protected override void BeginProcessing()
    {
        resolved = Session ?? RolloutSession.Default;
        if (resolved is null) ThrowTerminatingError(ErrorRecords.From(NotConnected()));
        while (resolved!.Troubles.TryDequeue(out var trouble)) WriteWarning(trouble);
    }

    private static RolloutException NotConnected() => new("NotConnected", RolloutErrorKind.InvalidState,
        "There is no rollout session in this runspace.", "Run Connect-Rollout -Plan … -Environment … first, or pass -Session.");
}
