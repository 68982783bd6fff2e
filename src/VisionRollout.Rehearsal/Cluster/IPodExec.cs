namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Runs commands inside pods.</summary>
internal interface IPodExec
{
    /// <summary>Runs one command to its end.</summary>
    /// <returns>The exit code, 0 to 255.</returns>
    /// <exception cref="ApiException">The command cannot be started at all (no such program, container not running).</exception>
    Task<int> RunAsync(PodExecRequest request, CancellationToken token);
}
