using k8s;
using k8s.Exceptions;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using YamlDotNet.Core;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Finds the way to the cluster: the plan's kubeconfig and context, else the places where kubectl looks.</summary>
internal static class KubernetesConfiguration
{
    private const string Variable = "KUBECONFIG";
    private const string Remedy = "Set Endpoints.KubeConfig (and Endpoints.Context) of the environment in the plan, the variable KUBECONFIG, or run in a cluster.";

    /// <summary>Reads the configuration. A kubeconfig's exec plugin runs here, so it may take as long as that does.</summary>
    /// <exception cref="RolloutException">There is none, or it cannot be used.</exception>
    public static KubernetesClientConfiguration Load(PlanEnvironment environment)
    {
        var files = Files(environment.Endpoints.KubeConfig);
        try
        {
            return files.Length > 0 ? FromFiles(files, environment.Endpoints.Context)
                : KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig()
                : throw new RolloutException("KubeConfigMissing", RolloutErrorKind.NotFound,
                    $"There is no kubeconfig for environment '{environment.Name}', and this is no pod of a cluster.", Remedy, environment.Name);
        }
        catch (Exception error) when (error is KubeConfigException or YamlException or IOException or UnauthorizedAccessException or FormatException)
        {
            // A parser's message may quote a piece of the file, and with it a token: only its kind is told.
            var detail = error is KubeConfigException ? error.Message : error.GetType().Name;
            throw new RolloutException("KubeConfigInvalid", RolloutErrorKind.InvalidInput,
                $"The kubeconfig {string.Join(", ", files.Select(file => file.FullName))} cannot be used for environment '{environment.Name}': {detail}",
                Remedy, environment.Name);
        }
    }

    private static FileInfo[] Files(string? named)
    {
        if (named is not null)
        {
            return File.Exists(named) ? [new FileInfo(named)]
                : throw new RolloutException("KubeConfigMissing", RolloutErrorKind.NotFound, $"The kubeconfig '{named}' does not exist.", Remedy, named);
        }

        var listed = System.Environment.GetEnvironmentVariable(Variable);
        var paths = string.IsNullOrEmpty(listed)
            ? [KubernetesClientConfiguration.KubeConfigDefaultLocation]
            : listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. paths.Select(path => path.Trim('"')).Where(File.Exists).Select(path => new FileInfo(path))];
    }

    private static KubernetesClientConfiguration FromFiles(FileInfo[] files, string? context)
    {
        if (files.Length == 1) return KubernetesClientConfiguration.BuildConfigFromConfigFile(files[0], context);

        // The library merges several files only for the current context; a named one is taken from the file that has it.
        if (context is null) return KubernetesClientConfiguration.BuildDefaultConfig();
        foreach (var file in files)
        {
            var loaded = KubernetesClientConfiguration.LoadKubeConfig(file);
            if (loaded.Contexts?.Any(item => item.Name == context) == true) return KubernetesClientConfiguration.BuildConfigFromConfigObject(loaded, context);
        }

        throw new KubeConfigException($"none of its files has a context '{context}'");
    }
}
