namespace VisionRollout.Core.Plan.Reading;

/// <summary>A kind of value: how it is read, and what stands for it while the reading goes on after a mistake.</summary>
/// <param name="empty">What stands for a value that is missing or wrong.</param>
/// <param name="read">Reads a value; reports what is wrong with it.</param>
internal sealed class PlanValue<T>(Func<T> empty, Func<PlanCursor, T> read)
{
    /// <summary>What stands for a value that is missing or wrong.</summary>
    public T Empty => empty();

    /// <summary>Reads a value.</summary>
    public T Read(PlanCursor cursor)
    {
        if (cursor.Node is not PlanUnreadable) return read(cursor);
        cursor.Log.MarkBroken(cursor.Path);
        return Empty;
    }

    /// <summary>The same kind with one more condition.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="message">What is wrong when it doesn't hold; <c>{0}</c> stands for the value as written.</param>
    /// <param name="suggestion">What to write instead.</param>
    public PlanValue<T> Where(Func<T, bool> holds, string message, string suggestion = "") => new(empty, cursor =>
    {
        var value = read(cursor);
        if (!cursor.Log.IsSound(cursor.Path) || holds(value)) return value;
        cursor.Report(message.Replace("{0}", cursor.Kind, StringComparison.Ordinal), suggestion);
        return Empty;
    });

    /// <summary>The same kind, turned into another type.</summary>
    public PlanValue<TOther> Select<TOther>(Func<T, TOther> turn) => new(() => turn(empty()), cursor => turn(Read(cursor)));
}
