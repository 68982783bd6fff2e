namespace VisionRollout.Core.Plan.Reading;

/// <summary>A value that is being read: its node, its path of keys and the log.</summary>
internal readonly record struct PlanCursor(PlanNode Node, string Path, PlanLog Log)
{
    /// <summary>What the node is, for people.</summary>
    public string Kind => Node switch
    {
        PlanMap => "a hashtable",
        PlanList => "an array",
        PlanScalar { Value: null } => "$null",
        PlanScalar { Value: bool flag } => flag ? "$true" : "$false",
        PlanScalar { Value: string text } => $"'{text}'",
        PlanScalar scalar => FormattableString.Invariant($"the number {scalar.Value}"),
        _ => "something else",
    };

    /// <summary>Reports a mistake at this value.</summary>
    public void Report(string message, string suggestion = "") => Log.Report(Path, message, suggestion);

    /// <summary>Moves to an item of a list.</summary>
    public PlanCursor Item(int index, PlanNode node)
    {
        var path = $"{Path}[{index}]";
        Log.Place(path, node.Line, node.Column);
        return new PlanCursor(node, path, Log);
    }
}
