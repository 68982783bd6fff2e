using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>Turns a hashtable, an object with the same properties or the path of a JSON file into <see cref="RolloutEndpoints"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndpointArgumentAttribute : ArgumentTransformationAttribute
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        null => null,
        RolloutEndpoints endpoints => endpoints,
        string path => ReadFile(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
        IDictionary map => FromNames(map.Keys.Cast<object>().Select(key => ($"{key}", map[key]))),
        _ => FromNames(PSObject.AsPSObject(inputData!).Properties.Select(property => (property.Name, (object?)property.Value))),
    };

    private static RolloutEndpoints ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new ArgumentTransformationMetadataException($"The file '{path}' with the endpoints does not exist. Save one with Start-Rehearsal -EndpointPath, or pass an object.");
        try
        {
            return JsonSerializer.Deserialize<RolloutEndpoints>(File.ReadAllText(path), Options)!;
        }
        catch (JsonException cause)
        {
            throw new ArgumentTransformationMetadataException($"The file '{path}' holds no endpoints: {cause.Message}", cause);
        }
    }

    private static RolloutEndpoints FromNames(IEnumerable<(string Name, object? Value)> values)
    {
        var known = typeof(RolloutEndpoints).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var json = new JsonObject();
        foreach (var (name, value) in values)
        {
            if (!known.Contains(name)) throw new ArgumentTransformationMetadataException($"'{name}' is no endpoint. Endpoints are: {string.Join(", ", known.Order())}.");
            json[char.ToLowerInvariant(name[0]) + name[1..]] = value is null ? null : $"{value}";
        }

        return json.Deserialize<RolloutEndpoints>(Options)!;
    }
}
