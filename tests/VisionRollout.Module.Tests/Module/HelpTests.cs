using System.Management.Automation;

namespace VisionRollout.Module.Tests.Module;

/// <summary>Get-Help over the assembled module.</summary>
public sealed class HelpTests
{
    [Fact(Timeout = 120_000)]
    public async Task Every_cmdlet_has_synopsis_parameter_texts_and_an_example()
    {
        using var host = await ModuleHost.ImportAsync();
        var result = await host.RunAsync("""
            Get-Command -Module VisionRollout | ForEach-Object {
                $name = $_.Name
                $help = Get-Help $name -Full
                if ($help.Synopsis -notmatch '\w+ \w+' -or $help.Synopsis -match "^\s*$name") { "$($name): no synopsis" }
                if (-not "$($help.description.Text)") { "$($name): no description" }
                if (-not @($help.examples.example).Where({ $_ -and "$($_.code)" -match '\w-\w' })) { "$($name): no example" }
                @($help.parameters.parameter).Where({ $_ -and -not "$($_.description.Text)" }).ForEach({ "$($name) -$($_.name): no description" })
            }
            """);
        Assert.Null(result.Failure);
        Assert.Empty(result.As<string>());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("about_VisionRollout")]
    [InlineData("about_VisionRollout_Journal")]
    [InlineData("about_VisionRollout_Gates")]
    [InlineData("about_VisionRollout_Rehearsal")]
    public async Task Topic_is_found_and_fits_80_columns(string topic)
    {
        using var host = await ModuleHost.ImportAsync();
        var result = await host.RunAsync("param($topic) Get-Help $topic", topic);
        var text = Assert.Single(result.Output).ToString();
        Assert.Contains(topic, text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact(Timeout = 120_000)]
    public async Task Cmdlets_that_the_topics_name_exist()
    {
        using var host = await ModuleHost.ImportAsync();
        var names = (await host.RunAsync("Get-Command -Module VisionRollout | ForEach-Object Name")).As<string>();
        var folder = Path.Combine(Path.GetDirectoryName(Repository.ModuleManifest)!, "en-US");
        var verbs = names.Select(name => name.Split('-')[0]).Distinct();
        var pattern = $@"\b(?:{string.Join('|', verbs)})-[A-Z]\w+";
        var named = Directory.EnumerateFiles(folder, "*.help.txt").SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), pattern).Select(match => match.Value));
        Assert.Empty(named.Distinct().Except(names).Except(["Get-Help"]));
    }
}
