namespace VisionRollout.Rehearsal.Hosting;

/// <summary>What must be undone at the end, in reverse order; a step that fails is reported and does not stop the others.</summary>
internal sealed class CleanUp : IAsyncDisposable
{
    private readonly Stack<(string What, Func<ValueTask> Undo)> steps = new();

    /// <summary>Adds a step.</summary>
    public void Add(string what, Func<ValueTask> undo) => steps.Push((what, undo));

    /// <summary>Adds something to dispose, and answers it.</summary>
    public T Own<T>(string what, T resource)
        where T : IAsyncDisposable
    {
        Add(what, resource.DisposeAsync);
        return resource;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (steps.TryPop(out var step))
        {
            try
            {
                await step.Undo();
            }
            catch (Exception e)
            {
                await Console.Error.WriteLineAsync($"rehearsal: {step.What} could not be cleaned up: {e.Message}");
            }
        }
    }
}
