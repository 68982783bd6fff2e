using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace VisionRollout.HelpGen;

/// <summary>The cmdlet classes of an assembly.</summary>
internal static class CmdletAssembly
{
    /// <summary>Loads the assembly, its libraries from the same folder, and gives its cmdlets in the order of their names.</summary>
    public static IReadOnlyList<Type> Load(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            var candidate = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(candidate) ? context.LoadFromAssemblyPath(candidate) : null;
        };
        return [.. Assembly.LoadFrom(Path.GetFullPath(path)).GetExportedTypes().Where(IsCmdlet).OrderBy(NameOf, StringComparer.Ordinal)];
    }

    /// <summary>Verb-Noun.</summary>
    public static string NameOf(Type cmdlet)
    {
        if (cmdlet.GetCustomAttribute<CmdletAttribute>() is { } attribute) return $"{attribute.VerbName}-{attribute.NounName}";
        return cmdlet.Name;
    }

    private static bool IsCmdlet(Type type) => !type.IsAbstract && type.IsDefined(typeof(CmdletAttribute), inherit: false);
}
