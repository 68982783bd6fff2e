using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Follows a colour's Deployments until every pod is ready; ends early with the reason when a pod can't start.</summary>
/// <example><code>Watch-Deployment blue -Timeout 0:10:00</code><para>Waits up to ten minutes for blue.</para></example>
[Cmdlet(VerbsCommon.Watch, "Deployment")]
[OutputType(typeof(Workload))]
public sealed class WatchDeployment : SessionCmdlet
{
    private const string Activity = "Watching the deployment";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    // What the kubelet says of a container that will not start by waiting longer.
    private static readonly string[] Hopeless = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
    private readonly HashSet<string> deployments = [];
    private readonly HashSet<string> colours = [];

    /// <summary>Deployments to follow. Default: all of the colour.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Deployment { get; set; }

    /// <summary>Colour. Default: the idle one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>Longest wait.</summary>
    [Parameter]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Deployment is not null) deployments.Add(Deployment);
        if (Colour is not null) colours.Add(Colour);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // An empty pipeline (every deployment failed before) must not watch something else instead.
        if (MyInvocation.ExpectingInput && deployments.Count == 0) return;
        Run(WatchAsync);
    }

    private async Task WatchAsync(IShell shell, CancellationToken token)
    {
        var session = Current;
        if (colours.Count == 0) colours.Add(session.Plan.Colours.Other((await session.World.Router.ReadAsync(token)).LiveColour));
        var said = new HashSet<string>();
        var start = await session.NowAsync(token);
        await using var feed = await session.World.Workloads.FollowAsync(token);
        for (var isLast = false; ;)
        {
            var now = await session.NowAsync(token);
            var picture = feed.Read();
            var workloads = picture.Workloads.Where(IsWatched).ToList();
            var pods = picture.Pods.Where(pod => workloads.Any(item => item.Deployment == pod.Deployment)).ToList();
            if (picture.Trouble.Length > 0 && said.Add(picture.Trouble)) shell.Warn($"What is shown is not fresh: {picture.Trouble}");
            ShowNews(picture.Events, workloads, pods, start, said, shell);
            Show(workloads, start + Timeout - now, shell);
            if (workloads.Count > 0 && workloads.Count >= deployments.Count && workloads.All(item => item.IsReady))
            {
                shell.Progress(Activity, "", done: true);
                foreach (var workload in workloads) shell.Write(workload);
                return;
            }

            await ThrowIfHopelessAsync(session, workloads, pods, token);
            if (isLast) throw TimedOut(workloads, pods);
            isLast = now - start >= Timeout;
            // Nothing is called late because news of it are.
            if (isLast) await feed.RefreshAsync(token);
            else await session.WaitUntilAsync(now + Look, shell, null, token);
        }
    }

    private bool IsWatched(Workload workload) => deployments.Count > 0 ? deployments.Contains(workload.Deployment) : colours.Contains(workload.Colour);

    private static void Show(List<Workload> workloads, TimeSpan left, IShell shell)
    {
        var ready = workloads.Sum(item => item.Ready);
        var desired = Math.Max(1, workloads.Sum(item => item.Desired));
        shell.Progress(Activity, string.Join(", ", workloads.Select(item => $"{item.Deployment} {item.Ready}/{item.Desired}")), Math.Min(100, ready * 100 / desired), Math.Max(0, (int)left.TotalSeconds));
    }

    /// <summary>What is new: events, pods that become ready, wait or start again.</summary>
    private static void ShowNews(IReadOnlyList<WorkloadEvent> events, List<Workload> workloads, List<PodState> pods, DateTimeOffset start, HashSet<string> said, IShell shell)
    {
        foreach (var item in events)
        {
            var name = item.Subject[(item.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (item.At >= start.AddMinutes(-1) && (pods.Any(pod => pod.Name == name) || workloads.Any(workload => workload.Deployment == name)))
                Say($"{item.At:HH:mm:ss} {item.Type} {item.Subject} {item.Reason}: {item.Message}");
        }

        foreach (var pod in pods)
        {
            var restarts = pod.Restarts > 0 ? $", {pod.Restarts} restarts" : "";
            Say(pod.Ready ? $"Pod {pod.Name} is ready{restarts}" : $"Pod {pod.Name} is {pod.Phase}{(pod.Waiting.Length > 0 ? $", {pod.Waiting}" : "")}{restarts}");
        }

        void Say(string line)
        {
            if (said.Add(line)) shell.Verbose(line);
        }
    }

    private static async Task ThrowIfHopelessAsync(RolloutSession session, List<Workload> workloads, List<PodState> pods, CancellationToken token)
    {
        // Pods of the version before may fail for as long as they stand.
        var own = pods.Where(pod => !pod.IsEnding && (pod.Image.Length == 0 || workloads.Any(item => item.Deployment == pod.Deployment && item.Image == pod.Image)));
        if (own.FirstOrDefault(pod => Hopeless.Any(reason => pod.Waiting.StartsWith(reason, StringComparison.Ordinal))) is { } pod)
        {
            var container = session.Plan.FindService(pod.Service)!.Container;
            var words = pod.Restarts > 0 ? await session.World.Workloads.ReadLogAsync(pod.Name, container, 5, previous: true, token) : [];
            throw new RolloutException("PodCannotStart", RolloutErrorKind.Failed, $"Pod '{pod.Name}' (container '{container}', {pod.Restarts} restarts) can't start: {pod.Waiting}.{(words.Count > 0 ? " Its last words: " + string.Join(" | ", words) : "")}",
                "Check the version (image tag), its registry and its configuration; no traffic was moved.", pod.Name) { Trigger = "deployment" };
        }

        if (workloads.FirstOrDefault(item => item.Stalled.Length > 0) is { } stalled)
        {
            throw new RolloutException("DeploymentStalled", RolloutErrorKind.Failed, $"Deployment '{stalled.Deployment}' does not progress: {stalled.Stalled}.", "kubectl describe shows its events; no traffic was moved.", stalled.Deployment) { Trigger = "deployment" };
        }
    }

    private RolloutException TimedOut(List<Workload> workloads, List<PodState> pods)
    {
        var late = workloads.Where(item => !item.IsReady).Select(item => $"{item.Deployment} {item.Ready}/{item.Desired}").ToList();
        var waiting = pods.Where(pod => !pod.Ready && pod.Waiting.Length > 0).Select(pod => $"{pod.Name}: {pod.Waiting}").Take(3).ToList();
        return new RolloutException("DeploymentTimeout", RolloutErrorKind.Timeout, $"After {Timeout.TotalMinutes:0.#} min not ready: {(late.Count > 0 ? string.Join(", ", late) : "there are no Deployments of " + string.Join(", ", colours))}.{(waiting.Count > 0 ? " " + string.Join("; ", waiting) : "")}",
            "Raise -Timeout when the version starts slowly, else look at the pods' events and logs.", late.FirstOrDefault()) { Trigger = "deployment" };
    }
}
