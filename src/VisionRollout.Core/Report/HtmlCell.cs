using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Report;

/// <summary>One cell of a table; its text is escaped when it is written.</summary>
/// <param name="Text">Text.</param>
/// <param name="Class">Style class; empty for none.</param>
internal readonly record struct HtmlCell(string Text, string Class = "")
{
    public static implicit operator HtmlCell(string text) => new(text);

    public static HtmlCell Number(string text) => new(text, "num");

    public static HtmlCell Of(Verdict? verdict) => verdict is { } given ? new(ReportText.Word(given), "verdict " + given.ToString().ToLowerInvariant()) : new(ReportText.None);

    public static HtmlCell Of(bool? good) => good switch { true => new("done", "verdict go"), false => new("failed", "verdict nogo"), null => new("") };
}
