using System.Management.Automation;
using VisionRollout.Core.Workloads;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Tells before the start what the caller may not do in the environment's namespace.</summary>
/// <remarks>Asks the API server about every right that a rollout uses; examples/rbac.yaml grants exactly these. Nothing is tried out.</remarks>
/// <example><code>Test-RolloutAccess -Missing</code><para>Lists what the caller lacks; nothing when all is well.</para></example>
/// <example><code>if (-not (Test-RolloutAccess -Quiet)) { throw 'Ask for the Role in examples/rbac.yaml.' }</code><para>Ends a runbook that would fail half-way.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "RolloutAccess")]
[OutputType(typeof(AccessInfo), typeof(bool))]
public sealed class TestRolloutAccess : SessionCmdlet
{
    private const int Together = 8;

    /// <summary>Only what is not allowed.</summary>
    [Parameter]
    public SwitchParameter Missing { get; set; }

    /// <summary>Only whether everything is allowed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var session = Current;
        var who = await session.World.Objects.WhoAmIAsync(token);
        var all = true;
        foreach (var some in ClusterRights.For(session.Environment.Routes.Select(route => route.Kind)).Chunk(Together))
        {
            foreach (var access in await Task.WhenAll(some.Select(right => session.World.Access.AskAsync(right, token))))
            {
                all &= access.IsAllowed;
                if (!Quiet && !(Missing && access.IsAllowed)) shell.Write(AccessInfo.From(access, who, session.Environment.Namespace));
            }
        }

        if (Quiet) shell.Write(all);
    });
}
