using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using VisionRollout.Module.Tests.Shell;

namespace VisionRollout.Module.Tests.Module;

/// <summary>The module's libraries live in a load context of their own.</summary>
public sealed class LoadContextTests
{
    private const string ContextName = "VisionRollout";

    [Fact(Timeout = 60_000)]
    public async Task Cmdlets_and_their_libraries_live_in_the_modules_own_context()
    {
        using var host = await ModuleHost.ImportAsync();
        var assembly = await CmdletAssembly(host);
        var context = AssemblyLoadContext.GetLoadContext(assembly)!;
        Assert.Equal(ContextName, context.Name);
        foreach (var library in new[] { "VisionRollout.Core", "VisionRollout.Adapters", "YamlDotNet", "Npgsql", "KubernetesClient", "AWSSDK.S3" })
        {
            Assert.Same(context, AssemblyLoadContext.GetLoadContext(context.LoadFromAssemblyName(new(library))));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task PowerShell_is_shared_with_the_engine()
    {
        using var host = await ModuleHost.ImportAsync();
        var context = AssemblyLoadContext.GetLoadContext(await CmdletAssembly(host))!;
        Assert.Same(typeof(System.Management.Automation.PSObject).Assembly, context.LoadFromAssemblyName(new("System.Management.Automation")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_copy_of_the_same_library_loaded_before_does_not_reach_the_module()
    {
        // This process has the libraries in its default context already, as another module would have brought them.
        var foreign = typeof(YamlDotNet.Serialization.Deserializer).Assembly;
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(foreign));
        using var host = await ModuleHost.ImportAsync();
        var own = AssemblyLoadContext.GetLoadContext(await CmdletAssembly(host))!.LoadFromAssemblyName(new("YamlDotNet"));
        Assert.NotSame(foreign, own);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_module_that_carries_another_version_loads_its_own_after_ours()
    {
        using var host = await ModuleHost.ImportAsync();
        var own = AssemblyLoadContext.GetLoadContext(await CmdletAssembly(host))!.LoadFromAssemblyName(new("YamlDotNet"));
        var other = new AssemblyLoadContext("another module", isCollectible: true);
        var foreign = other.LoadFromAssemblyPath(own.Location);
        Assert.NotSame(own, foreign);
        Assert.Same(own, AssemblyLoadContext.GetLoadContext(await CmdletAssembly(host))!.LoadFromAssemblyName(new("YamlDotNet")));
        other.Unload();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Use-Other; Use-Ours", "1.0.0.0 ours")]
    [InlineData("Use-Ours; Use-Other", "ours 1.0.0.0")]
    public async Task Another_version_of_a_library_in_the_shell_and_ours_live_side_by_side_in_either_order(string order, string expected)
    {
        // A process of its own: this one has its libraries already. The other version stands for what another module brings.
        var folder = Directory.CreateTempSubdirectory("other-version-");
        try
        {
            var other = new PersistedAssemblyBuilder(new AssemblyName("YamlDotNet") { Version = new Version(1, 0, 0, 0) }, typeof(object).Assembly);
            other.DefineDynamicModule("YamlDotNet").DefineType("YamlDotNet.Old", TypeAttributes.Public).CreateType();
            other.Save(Path.Combine(folder.FullName, "YamlDotNet.dll"));
            var result = await HostProgram.RunScriptAsync($$"""
                param($Folder)
                function Use-Other { [string] [System.Reflection.Assembly]::LoadFrom("$Folder/YamlDotNet.dll").GetName().Version }
                function Use-Ours {
                    Import-Module VisionRollout
                    $context = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext((Get-Command Import-RolloutPlan).ImplementingType.Assembly)
                    $yaml = $context.LoadFromAssemblyName([System.Reflection.AssemblyName]::new('YamlDotNet'))
                    if ($yaml.GetName().Version.Major -gt 1 -and $yaml.GetType('YamlDotNet.Serialization.Deserializer')) { 'ours' }
                }
                {{order}}
                """, folder.FullName);
            Assert.Equal(expected, string.Join(' ', result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
            Assert.Equal(0, result.ExitCode);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_the_loader_enters_the_shells_own_context_from_the_modules_folder()
    {
        using var host = await ModuleHost.ImportAsync();
        var folder = Path.GetDirectoryName(Repository.ModuleManifest)!;
        var entered = AssemblyLoadContext.Default.Assemblies.Where(assembly => !assembly.IsDynamic && assembly.Location.StartsWith(folder, StringComparison.Ordinal));
        Assert.Equal(["VisionRollout.Loader"], entered.Select(assembly => assembly.GetName().Name));
    }

    private static async Task<Assembly> CmdletAssembly(ModuleHost host)
    {
        var result = await host.RunAsync("(Get-Command -Module VisionRollout | ForEach-Object { $_.ImplementingType.Assembly })[0]");
        return (Assembly)result.Output[0].BaseObject;
    }
}
