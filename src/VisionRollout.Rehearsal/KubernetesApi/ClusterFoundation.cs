using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>What every cluster has before anybody uses it: its first namespaces and its one node.</summary>
internal static class ClusterFoundation
{
    /// <summary>Creates what is missing.</summary>
    public static void Lay(ObjectStore store)
    {
        foreach (var name in (string[])["default", "kube-system"])
            Create(store, new ObjectKey("", "namespaces", null, name), Namespace(name));
        Create(store, new ObjectKey("", "nodes", null, "rehearsal-node"), Node());
    }

    private static void Create(ObjectStore store, ObjectKey key, JsonObject value)
    {
        if (store.Get(key) is null)
            store.Create(key, value);
    }

    private static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } },
        ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
        ["status"] = new JsonObject { ["phase"] = "Active" },
    };

    private static JsonObject Node() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Node",
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = "rehearsal-node" } },
        ["spec"] = new JsonObject(),
        ["status"] = new JsonObject
        {
            ["capacity"] = Capacity(),
            ["allocatable"] = Capacity(),
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "kubelet is posting ready status" }),
            ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = "v1.32.4", ["operatingSystem"] = "linux", ["architecture"] = "amd64" },
            ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }),
        },
    };

    private static JsonObject Capacity() => new() { ["cpu"] = "64", ["memory"] = "256Gi", ["pods"] = "250" };
}
