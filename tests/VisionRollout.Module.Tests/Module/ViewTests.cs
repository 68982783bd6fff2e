using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using VisionRollout.Shell;

namespace VisionRollout.Module.Tests.Module;

/// <summary>How the module's objects look.</summary>
public sealed class ViewTests
{
    private const int Columns = 100;
    private static readonly Regex Own = new(@"\$_\.(\w+)");

    // In these blocks $_ is an element, not the object that is shown.
    private static readonly Regex Nested = new(@"(ForEach-Object\s*|Where-Object\s*|Where\(|ForEach\()\{((?<open>\{)|(?<-open>\})|[^{}])*\}");

    private static XDocument Views { get; } = XDocument.Load(Path.Combine(Path.GetDirectoryName(Repository.ModuleManifest)!, "VisionRollout.Format.ps1xml"));

    public static TheoryData<string> ViewNames => [.. Views.Descendants("View").Select(view => view.Element("Name")!.Value)];

    [Theory, MemberData(nameof(ViewNames))]
    public void Table_fits_100_columns(string name)
    {
        // A column without a width takes what is left; it needs room for a few words.
        var widths = View(name).Descendants("TableColumnHeader").Select(header => (int?)header.Element("Width") ?? 20).ToArray();
        Assert.True(widths.Sum() + widths.Length - 1 <= Columns, $"{widths.Sum() + widths.Length - 1} columns");
    }

    [Theory, MemberData(nameof(ViewNames))]
    public void View_is_for_a_type_that_exists_and_shows_properties_that_it_has(string name)
    {
        var type = TypeOf(View(name).Descendants("TypeName").Single().Value);
        Assert.NotNull(type);
        var scripted = View(name).Descendants("ScriptBlock").SelectMany(script => Own.Matches(Nested.Replace(script.Value, "")).Select(match => match.Groups[1].Value));
        var shown = View(name).Descendants("PropertyName").Select(property => property.Value).Concat(scripted).Distinct();
        Assert.All(shown, property => Assert.NotNull(type.GetProperty(property)));
    }

    [Fact]
    public void Every_object_that_a_cmdlet_emits_has_a_view()
    {
        var seen = Views.Descendants("TypeName").Select(element => element.Value).ToHashSet();
        var emitted = typeof(RolloutCmdlet).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetCustomAttributes<OutputTypeAttribute>(false)).SelectMany(output => output.Type).Select(type => type.Type)
            .Where(type => type?.FullName?.StartsWith("VisionRollout.", StringComparison.Ordinal) == true)
            .Select(type => type.FullName!).Distinct();
        Assert.Empty(emitted.Except(seen));
    }

    [Fact(Timeout = 60_000)]
    public async Task View_files_load_without_an_error()
    {
        using var host = await ModuleHost.ImportAsync();
        var result = await host.RunAsync("Get-Module VisionRollout | ForEach-Object { $_.ExportedFormatFiles; $_.ExportedTypeFiles }");
        Assert.Equal(2, result.Output.Count);
    }

    private static XElement View(string name) => Views.Descendants("View").Single(view => view.Element("Name")!.Value == name);

    private static Type? TypeOf(string name) => new[] { "VisionRollout", "VisionRollout.Core", "VisionRollout.Adapters" }
        .Select(assembly => AssemblyLoadContext.Default.LoadFromAssemblyName(new(assembly)).GetType(name)).FirstOrDefault(type => type is not null);
}
