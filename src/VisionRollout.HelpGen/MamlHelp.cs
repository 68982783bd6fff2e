using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace VisionRollout.HelpGen;

/// <summary>Writes cmdlet help in MAML, the format that Get-Help reads from <c>en-US/Assembly.dll-Help.xml</c>
/// (schema: PowerShell's own help files; the elements' order matters to Get-Help's views).</summary>
internal sealed class MamlHelp(XmlComments comments)
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help of all cmdlets.</summary>
    public XDocument Build(IEnumerable<Type> cmdlets) => new(new XElement(Msh + "helpItems",
        new XAttribute("schema", "maml"),
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        cmdlets.Select(Cmdlet)));

    private static XElement Details(Type cmdlet, IEnumerable<string> synopsis)
    {
        var attribute = cmdlet.GetCustomAttribute<CmdletAttribute>()!;
        return new XElement(Command + "details",
            new XElement(Command + "name", CmdletAssembly.NameOf(cmdlet)),
            Description(synopsis),
            new XElement(Command + "verb", attribute.VerbName),
            new XElement(Command + "noun", attribute.NounName));
    }

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", paragraphs.Select(Para));

    private static XElement Para(string text) => new(Maml + "para", text);

    private static XElement Syntax(Type cmdlet, IReadOnlyList<CmdletParameter> parameters)
    {
        var sets = parameters.SelectMany(parameter => parameter.Sets.Keys).Where(set => set != ParameterAttribute.AllParameterSets).Distinct().ToList();
        if (sets.Count == 0) sets.Add(ParameterAttribute.AllParameterSets);
        return new XElement(Command + "syntax", sets.Select(set => new XElement(Command + "syntaxItem",
            new XElement(Maml + "name", CmdletAssembly.NameOf(cmdlet)),
            parameters.Where(parameter => parameter.In(set) is not null).OrderBy(parameter => Order(parameter.In(set)!)).Select(parameter => Parameter(parameter, parameter.In(set)!)))));
    }

    // By position first, then what is required, then the rest as declared.
    private static long Order(ParameterAttribute role) => role.Position >= 0 ? role.Position : role.Mandatory ? int.MaxValue : long.MaxValue;

    private static XElement Parameter(CmdletParameter parameter, ParameterAttribute role) => new(Command + "parameter",
        new XAttribute("required", role.Mandatory ? "true" : "false"),
        new XAttribute("variableLength", parameter.Type.IsArray ? "true" : "false"),
        new XAttribute("globbing", parameter.Wildcards ? "true" : "false"),
        new XAttribute("pipelineInput", Pipeline(role)),
        new XAttribute("position", role.Position >= 0 ? role.Position.ToString(CultureInfo.InvariantCulture) : "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        Description(parameter.Description),
        parameter.Type == typeof(SwitchParameter) ? null : new XElement(Command + "parameterValue",
            new XAttribute("required", "true"), new XAttribute("variableLength", parameter.Type.IsArray ? "true" : "false"), TypeName(parameter.Type)),
        Values(parameter.Type),
        new XElement(Dev + "type", new XElement(Maml + "name", TypeName(parameter.Type)), new XElement(Maml + "uri")),
        new XElement(Dev + "defaultValue", parameter.Default.Length == 0 ? "None" : parameter.Default));

    private static XElement? Values(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsEnum
            ? new XElement(Command + "parameterValueGroup", Enum.GetNames(inner).Select(name => new XElement(Command + "parameterValue", new XAttribute("required", "false"), name)))
            : null;
    }

    private static string Pipeline(ParameterAttribute role) => (role.ValueFromPipeline, role.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string TypeName(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsArray ? TypeName(inner.GetElementType()!) + "[]" : inner.Name.Split('`')[0];
    }

    private static XElement Types(string container, string element, IEnumerable<string> names) => new(Command + container,
        names.Distinct().Select(name => new XElement(Command + element,
            new XElement(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri")), Description([]))));

    private static XElement ExampleOf(Example example, int number) => new(Command + "example",
        new XElement(Maml + "title", $"Example {number.ToString(CultureInfo.InvariantCulture)}"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", example.Remarks.Select(Para)));

    private XElement Cmdlet(Type cmdlet)
    {
        var parameters = CmdletParameter.Of(cmdlet, comments);
        var synopsis = comments.Synopsis(cmdlet);
        var remarks = comments.Description(cmdlet);
        return new XElement(Command + "command",
            Details(cmdlet, synopsis),
            Description(remarks.Count > 0 ? remarks : synopsis),
            Syntax(cmdlet, parameters),
            new XElement(Command + "parameters", parameters.Select(parameter => Parameter(parameter, parameter.Sets.Values.First()))),
            Types("inputTypes", "inputType", parameters.Where(parameter => parameter.Sets.Values.Any(role => role.ValueFromPipeline)).Select(parameter => TypeName(parameter.Type))),
            Types("returnValues", "returnValue", cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type).Select(type => type.Name)),
            new XElement(Command + "examples", comments.Examples(cmdlet).Select((example, index) => ExampleOf(example, index + 1))));
    }
}
