using System.Net;
using System.Text;

namespace VisionRollout.Core.Report;

/// <summary>Writes HTML; every text that comes from outside goes through <see cref="Escape"/>.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder html = new();

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Markup of our own.</summary>
    public HtmlWriter Raw(string markup)
    {
        html.Append(markup).Append('\n');
        return this;
    }

    /// <summary>An element with escaped text.</summary>
    public HtmlWriter Element(string name, string text, string style = "") =>
        Raw($"<{name}{(style.Length > 0 ? $" class=\"{style}\"" : "")}>{Escape(text)}</{name}>");

    /// <summary>Begins a section with its heading.</summary>
    public HtmlWriter Section(string id, string heading) => Raw($"<section id=\"{id}\" aria-labelledby=\"{id}-h\"><h2 id=\"{id}-h\">{Escape(heading)}</h2>");

    public HtmlWriter EndSection() => Raw("</section>");

    /// <summary>A table; the first cell of each row heads it. Without rows: a sentence instead.</summary>
    public HtmlWriter Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<HtmlCell>> rows, string empty = "Nothing was recorded.")
    {
        var lines = rows.ToList();
        if (lines.Count == 0) return Element("p", $"{caption}: {empty}", "none");
        Raw("<div class=\"scroll\"><table>").Element("caption", caption);
        Raw("<thead><tr>" + string.Concat(headings.Select(heading => $"<th scope=\"col\">{Escape(heading)}</th>")) + "</tr></thead><tbody>");
        foreach (var line in lines) Raw("<tr>" + string.Concat(line.Select((cell, index) => Cell(cell, index == 0))) + "</tr>");
        return Raw("</tbody></table></div>");
    }

    /// <summary>Names with their values.</summary>
    public HtmlWriter Facts(IEnumerable<(string Name, string Value)> facts)
    {
        Raw("<dl class=\"facts\">");
        foreach (var (name, value) in facts) Raw($"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}</dd></div>");
        return Raw("</dl>");
    }

    public override string ToString() => html.ToString();

    private static string Cell(HtmlCell cell, bool heads)
    {
        var style = cell.Class.Length > 0 ? $" class=\"{cell.Class}\"" : "";
        var text = cell.Class.StartsWith("verdict", StringComparison.Ordinal) ? $"<span{style}>{Escape(cell.Text)}</span>" : Escape(cell.Text);
        if (cell.Class.StartsWith("verdict", StringComparison.Ordinal)) style = "";
        return heads ? $"<th scope=\"row\"{style}>{text}</th>" : $"<td{style}>{text}</td>";
    }
}
