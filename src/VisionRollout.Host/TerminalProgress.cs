using System.Management.Automation;
using Spectre.Console;

namespace VisionRollout.Host;

/// <summary>Progress as live bars below the output. The display starts with the first record and ends with the last activity.</summary>
internal sealed class TerminalProgress(IAnsiConsole console) : IProgressView
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, ProgressTask> tasks = [];
    private ProgressContext? context;
    private TaskCompletionSource? end;
    private Task? display;

    public void Show(ProgressRecord record)
    {
        lock (gate)
        {
            if (record.RecordType == ProgressRecordType.Completed)
            {
                Complete(record.ActivityId);
                return;
            }

            Start();
            if (!tasks.TryGetValue(record.ActivityId, out var task)) tasks[record.ActivityId] = task = context!.AddTask(Markup.Escape(record.Activity));
            task.Description = Markup.Escape($"{record.Activity}: {record.StatusDescription}".Trim());
            task.IsIndeterminate = record.PercentComplete < 0;
            task.Value = Math.Max(0, record.PercentComplete);
        }
    }

    public void Suspend()
    {
        lock (gate)
        {
            foreach (var task in tasks.Values) task.StopTask();
            tasks.Clear();
            End();
        }
    }

    public void Dispose() => Suspend();

    private void Start()
    {
        if (context is not null) return;
        var started = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        display = Task.Run(() => console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new ElapsedTimeColumn())
            .StartAsync(async running =>
            {
                started.SetResult(running);
                await ended.Task;
            }));
        // The pipeline thread owns the display and needs its context at once; there is no synchronization context to block.
        context = started.Task.GetAwaiter().GetResult();
    }

    private void Complete(int activity)
    {
        if (!tasks.Remove(activity, out var task)) return;
        task.StopTask();
        if (tasks.Count == 0) End();
    }

    private void End()
    {
        if (display is null) return;
        end!.SetResult();
        display.GetAwaiter().GetResult();
        context = null;
        display = null;
    }
}
