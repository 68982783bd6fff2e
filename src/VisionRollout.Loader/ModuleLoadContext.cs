using System.Reflection;
using System.Runtime.Loader;

namespace VisionRollout.Loader;

/// <summary>The load context that keeps the module's libraries apart from those of PowerShell and of other modules.
/// What lies in the module's bin folder is loaded from there; everything else (PowerShell, the framework) comes from the default context.</summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private const string ContextName = "VisionRollout";
    private static readonly Dictionary<string, ModuleLoadContext> Contexts = new(StringComparer.Ordinal);
    private readonly string folder;

    private ModuleLoadContext(string folder) : base(ContextName)
    {
        this.folder = folder;
    }

    /// <summary>The assembly that holds the cmdlets, loaded into the context of its folder. The same folder always gives the same assembly.</summary>
    /// <param name="folder">The module's bin folder.</param>
    /// <exception cref="FileNotFoundException">The folder does not hold VisionRollout.dll.</exception>
    public static Assembly Load(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        lock (Contexts)
        {
            if (!Contexts.TryGetValue(folder, out var context)) Contexts[folder] = context = new ModuleLoadContext(folder);
            return context.LoadFromAssemblyPath(Path.Combine(folder, ContextName + ".dll"));
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
