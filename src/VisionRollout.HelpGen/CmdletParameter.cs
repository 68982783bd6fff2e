using System.Management.Automation;
using System.Reflection;

namespace VisionRollout.HelpGen;

/// <summary>One parameter of a cmdlet, with its place in each parameter set.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Default">The value when it is not given; empty when there is none to show.</param>
/// <param name="Wildcards">True when its text may hold wildcards.</param>
/// <param name="Sets">Its role in each parameter set; a set that is not named here does not have it.</param>
internal sealed record CmdletParameter(
    string Name, Type Type, IReadOnlyList<string> Aliases, IReadOnlyList<string> Description, string Default, bool Wildcards,
    IReadOnlyDictionary<string, ParameterAttribute> Sets)
{
    /// <summary>Every parameter of the cmdlet, those of -WhatIf and -Confirm included.</summary>
    public static IReadOnlyList<CmdletParameter> Of(Type cmdlet, XmlComments comments)
    {
        var instance = Activator.CreateInstance(cmdlet);
        var own = cmdlet.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.IsDefined(typeof(ParameterAttribute), inherit: true))
            .Select(property => Of(property, instance, comments))
            .ToList();
        (instance as IDisposable)?.Dispose();
        if (cmdlet.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess)
        {
            own.Add(Switch("WhatIf", "wi", "Shows what the cmdlet would do, and changes nothing."));
            own.Add(Switch("Confirm", "cf", "Asks before each change. -Confirm:$false never asks."));
        }

        return own;
    }

    /// <summary>The role in a parameter set; null when the set does not have this parameter.</summary>
    public ParameterAttribute? In(string set) => Sets.GetValueOrDefault(set) ?? Sets.GetValueOrDefault(ParameterAttribute.AllParameterSets);

    private static CmdletParameter Of(PropertyInfo property, object? instance, XmlComments comments) => new(
        property.Name,
        property.PropertyType,
        property.GetCustomAttribute<AliasAttribute>()?.AliasNames.ToArray() ?? [],
        comments.OfProperty(property),
        property.PropertyType == typeof(SwitchParameter) ? "False" : Text(property.CanRead ? property.GetValue(instance) : null),
        property.IsDefined(typeof(SupportsWildcardsAttribute)),
        property.GetCustomAttributes<ParameterAttribute>().ToDictionary(attribute => attribute.ParameterSetName));

    private static CmdletParameter Switch(string name, string alias, string description) => new(
        name, typeof(SwitchParameter), [alias], [description], "False", false,
        new Dictionary<string, ParameterAttribute> { [ParameterAttribute.AllParameterSets] = new ParameterAttribute() });

    private static string Text(object? value) => value switch
    {
        null => "",
        TimeSpan { Ticks: 0 } => "",
        string or ValueType => value.ToString() ?? "",
        _ => "",
    };
}
