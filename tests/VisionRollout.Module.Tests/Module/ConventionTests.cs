using System.Collections;
using System.Management.Automation;
using System.Reflection;
using VisionRollout.Shell;

namespace VisionRollout.Module.Tests.Module;

/// <summary>What an expert user expects of every cmdlet, looked at over all of them.</summary>
public sealed class ConventionTests
{
    // These read, or only connect or wait; everything else changes something.
    private static readonly string[] ReadingVerbs = ["Get", "Test", "Watch", "Compare", "Import", "Connect", "Disconnect", "Measure", "Find", "Wait", "Resolve"];

    // Control structures: they run the script block, and the cmdlets in it ask.
    private static readonly string[] ControlStructures = ["Invoke-RolloutPhase", "Invoke-RolloutStep"];

    // They destroy something or move production traffic.
    private static readonly string[] Dangerous =
        ["Switch-Traffic", "Clear-Environment", "Start-Canary", "Step-Canary", "Undo-Rollout", "Stop-Rollout", "Restore-ServiceDatabase", "Undo-DatabaseMigration", "Invoke-DatabaseMigration",
            "Remove-ServiceDatabaseBackup"];

    public static TheoryData<string> Cmdlets => [.. Classes.Keys];

    private static SortedDictionary<string, Type> Classes { get; } = new(
        typeof(RolloutCmdlet).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsDefined(typeof(CmdletAttribute), false)).ToDictionary(NameOf), StringComparer.Ordinal);

    [Fact]
    public void Manifest_exports_exactly_the_cmdlets_of_the_assembly() => Assert.Equal(Classes.Keys, Exported().Order(StringComparer.Ordinal));

    [Fact]
    public void Manifest_has_the_version_of_the_assembly()
    {
        var version = (string)Manifest()["ModuleVersion"]!;
        Assert.Equal(typeof(RolloutCmdlet).Assembly.GetName().Version!.ToString(3), version);
    }

    [Fact]
    public void Manifest_exports_no_wildcard_and_nothing_but_cmdlets()
    {
        var manifest = Manifest();
        foreach (var list in new[] { "FunctionsToExport", "AliasesToExport", "VariablesToExport" }) Assert.Empty((IEnumerable)manifest[list]!);
        Assert.DoesNotContain(Exported(), name => name.Contains('*', StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void Verb_is_approved(string cmdlet)
    {
        var verbs = new[] { typeof(VerbsCommon), typeof(VerbsData), typeof(VerbsLifecycle), typeof(VerbsDiagnostic), typeof(VerbsCommunications), typeof(VerbsSecurity), typeof(VerbsOther) }
            .SelectMany(group => group.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Contains(cmdlet.Split('-')[0], verbs);
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void Noun_is_singular(string cmdlet) => Assert.DoesNotMatch("(?<![su])s$", cmdlet);

    [Theory, MemberData(nameof(Cmdlets))]
    public void Cmdlet_that_changes_something_has_WhatIf_and_Confirm(string cmdlet)
    {
        if (ReadingVerbs.Contains(cmdlet.Split('-')[0]) || ControlStructures.Contains(cmdlet)) return;
        Assert.True(Attribute(cmdlet).SupportsShouldProcess);
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void Only_what_destroys_or_moves_production_traffic_asks_by_default(string cmdlet)
    {
        if (Attribute(cmdlet).ConfirmImpact == ConfirmImpact.High) Assert.Contains(cmdlet, Dangerous);
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void Output_type_is_declared(string cmdlet) => Assert.NotEmpty(Classes[cmdlet].GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type));

    [Theory, MemberData(nameof(Cmdlets))]
    public void Secrets_come_only_as_credentials(string cmdlet)
    {
        var secrets = Parameters(cmdlet).Where(property => property.PropertyType != typeof(PSCredential) && property.PropertyType != typeof(SwitchParameter)
            && (property.PropertyType == typeof(System.Security.SecureString) || new[] { "Password", "Secret", "Token", "ApiKey", "Credential" }.Any(word => property.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase))));
        Assert.Empty(secrets.Select(property => property.Name));
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void Parameters_and_outputs_show_no_type_of_a_third_party(string cmdlet)
    {
        var types = Parameters(cmdlet).Select(property => property.PropertyType).Concat(Classes[cmdlet].GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type).Select(type => type.Type));
        Assert.Empty(types.Where(type => type is not null && !IsOurs(type)).Select(type => type.FullName));
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public void File_holds_one_cmdlet_and_no_console(string cmdlet)
    {
        var file = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "VisionRollout"), Classes[cmdlet].Name + ".cs", SearchOption.AllDirectories);
        var text = File.ReadAllText(Assert.Single(file));
        Assert.DoesNotContain("Console.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Host.UI", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Thread.Sleep", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Completers_without_a_session_answer_and_never_throw()
    {
        var completers = typeof(RolloutCmdlet).Assembly.GetTypes().Where(type => typeof(IArgumentCompleter).IsAssignableFrom(type) && !type.IsAbstract);
        foreach (var completer in completers)
        {
            var instance = (IArgumentCompleter)Activator.CreateInstance(completer)!;
            Assert.Empty(instance.CompleteArgument("Test-Nothing", "Name", "zzz", null!, new Hashtable()));
        }
    }

    private static bool IsOurs(Type type)
    {
        if (type.IsArray) return IsOurs(type.GetElementType()!);
        if (type.IsGenericType && !type.GetGenericArguments().All(IsOurs)) return false;
        var name = type.Assembly.GetName().Name!;
        return name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("VisionRollout", StringComparison.Ordinal);
    }

    private static IEnumerable<PropertyInfo> Parameters(string cmdlet) =>
        Classes[cmdlet].GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute), true));

    private static CmdletAttribute Attribute(string cmdlet) => Classes[cmdlet].GetCustomAttribute<CmdletAttribute>()!;

    private static string NameOf(Type type) => type.GetCustomAttribute<CmdletAttribute>() is { } attribute ? $"{attribute.VerbName}-{attribute.NounName}" : type.Name;

    private static IEnumerable<string> Exported() => ((object[])Manifest()["CmdletsToExport"]!).Cast<string>();

    private static Hashtable Manifest()
    {
        var script = System.Management.Automation.Language.Parser.ParseFile(Repository.ModuleManifest, out _, out var errors);
        Assert.Empty(errors);
        return (Hashtable)script.Find(node => node is System.Management.Automation.Language.HashtableAst, false).SafeGetValue();
    }
}
