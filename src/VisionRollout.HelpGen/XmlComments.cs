using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VisionRollout.HelpGen;

/// <summary>The compiler's XML documentation file, as plain paragraphs.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> members;
    private readonly IReadOnlyDictionary<string, string> cmdletNames;

    private XmlComments(Dictionary<string, XElement> members, IReadOnlyDictionary<string, string> cmdletNames)
    {
        this.members = members;
        this.cmdletNames = cmdletNames;
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The documentation file.</param>
    /// <param name="cmdletNames">Verb-Noun by the full name of the class: a reference to a cmdlet's class is shown as the cmdlet's name.</param>
    public static XmlComments Read(string path, IReadOnlyDictionary<string, string> cmdletNames)
    {
        var members = XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
        return new XmlComments(members, cmdletNames);
    }

    /// <summary>The first lines of a cmdlet's help: its summary, or what of it is marked as synopsis.</summary>
    public IReadOnlyList<string> Synopsis(Type type)
    {
        var summary = Member("T:" + NameOf(type))?.Element("summary");
        var marked = Marked(summary, "synopsis");
        if (marked.Count > 0) return marked;
        return summary is null ? [] : Paragraphs(new XElement(summary.Name, summary.Nodes().Where(node => !IsMarked(node))));
    }

    /// <summary>The longer text: what of the summary is marked as description, and the remarks.</summary>
    public IReadOnlyList<string> Description(Type type)
    {
        var member = Member("T:" + NameOf(type));
        return [.. Marked(member?.Element("summary"), "description"), .. Paragraphs(member?.Element("remarks"))];
    }

    /// <summary>The paragraphs of a property's summary and remarks, from the class that declares it.</summary>
    public IReadOnlyList<string> OfProperty(PropertyInfo property)
    {
        var member = Member($"P:{NameOf(property.DeclaringType!)}.{property.Name}");
        return [.. Paragraphs(member?.Element("summary")), .. Paragraphs(member?.Element("remarks"))];
    }

    /// <summary>The examples of a class: code, and what it does.</summary>
    public IReadOnlyList<Example> Examples(Type type) =>
        [.. (Member("T:" + NameOf(type))?.Descendants("example") ?? []).Select(example => new Example(
            string.Join("\n\n", example.Elements("code").Select(Code)),
            Paragraphs(new XElement("example", example.Nodes().Where(node => node is not XElement { Name.LocalName: "code" })))))];

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Code(XElement code)
    {
        var lines = code.Value.Replace("\r", "", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()).ToList();
        while (lines.Count > 0 && lines[0].Length == 0) lines.RemoveAt(0);
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        var indent = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..] : line));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    private static bool IsMarked(XNode node) => node is XElement element && (element.Name.LocalName == "example" || element.Attribute("type") is not null);

    private XElement? Member(string name) => members.GetValueOrDefault(name);

    private IReadOnlyList<string> Marked(XElement? summary, string type) =>
        [.. (summary?.Elements("para") ?? []).Where(para => para.Attribute("type")?.Value == type).SelectMany(para => Paragraphs(para))];

    private List<string> Paragraphs(XElement? element)
    {
        if (element is null) return [];
        var paragraphs = new List<StringBuilder> { new() };
        foreach (var node in element.Nodes()) Append(paragraphs, node);
        return [.. paragraphs.Select(text => Blanks().Replace(text.ToString(), " ").Trim()).Where(text => text.Length > 0)];
    }

    private void Append(List<StringBuilder> paragraphs, XNode node)
    {
        switch (node)
        {
            case XText text:
                paragraphs[^1].Append(text.Value);
                break;
            case XElement { Name.LocalName: "para" or "item" or "list" } block:
                paragraphs.Add(new StringBuilder(block.Name.LocalName == "item" ? "- " : ""));
                foreach (var child in block.Nodes()) Append(paragraphs, child);
                paragraphs.Add(new StringBuilder());
                break;
            case XElement { HasElements: false, IsEmpty: true } reference:
                paragraphs[^1].Append(Reference(reference));
                break;
            case XElement inline:
                foreach (var child in inline.Nodes()) Append(paragraphs, child);
                break;
        }
    }

    private string Reference(XElement element)
    {
        var text = element.Attribute("langword")?.Value ?? element.Attribute("name")?.Value ?? element.Attribute("href")?.Value;
        if (text is not null) return text;
        if (element.Attribute("cref")?.Value is not { } reference) return "";
        var name = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (cmdletNames.TryGetValue(name, out var cmdlet)) return cmdlet;
        var bare = name.Split('(')[0];
        return bare[(bare.LastIndexOf('.') + 1)..];
    }
}
