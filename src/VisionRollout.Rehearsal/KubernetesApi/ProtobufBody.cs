using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// Reads bodies of type <c>application/vnd.kubernetes.protobuf</c>: four bytes <c>k8s\0</c>, then runtime.Unknown
/// (1 typeMeta: 1 apiVersion, 2 kind; 2 the object's bytes). Empty text and empty messages are left out, as in JSON.
/// </summary>
internal static class ProtobufBody
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>Reads a body as JSON.</summary>
    /// <exception cref="ApiException">415 for a kind that is not known here, 400 for bytes that are no message.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
            throw ApiException.BadRequest("the body is no Kubernetes protobuf message");
        string apiVersion = "", kind = "";
        ReadOnlySpan<byte> raw = [];
        var unknown = new ProtobufReader(body[Magic.Length..]);
        while (unknown.Next())
        {
            if (unknown.Field == 1)
                (apiVersion, kind) = TypeOf(unknown.Bytes);
            else if (unknown.Field == 2)
                raw = unknown.Bytes;
        }

        if (ProtobufSchema.Of(kind) is null)
            throw new ApiException(415, "UnsupportedMediaType", $"{kind} is not accepted as protobuf - accepted media types include: application/json, application/yaml");
        var value = Message(kind, raw);
        value["apiVersion"] = apiVersion;
        value["kind"] = kind;
        return value;
    }

    private static (string ApiVersion, string Kind) TypeOf(ReadOnlySpan<byte> bytes)
    {
        string apiVersion = "", kind = "";
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1)
                apiVersion = Encoding.UTF8.GetString(reader.Bytes);
            else if (reader.Field == 2)
                kind = Encoding.UTF8.GetString(reader.Bytes);
        }

        return (apiVersion, kind);
    }

    private static JsonObject Message(string type, ReadOnlySpan<byte> bytes)
    {
        var value = new JsonObject();
        var fields = ProtobufSchema.Of(type)!;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (!fields.TryGetValue(reader.Field, out var field))
                continue;
            if (field.Type is "map" or "bytesmap" or "quantities")
                AddEntry(value.Child(field.Name), field.Type, reader.Bytes);
            else if (Value(field, reader) is not { } item)
                continue;
            else if (!field.IsList)
                value[field.Name] = item;
            else if (value[field.Name] is JsonArray list)
                list.Add(item);
            else
                value[field.Name] = new JsonArray(item);
        }

        return value;
    }

    private static JsonNode? Value(ProtobufField field, ProtobufReader reader) => field.Type switch
    {
        "string" => Text(reader.Bytes),
        "bytes" => Convert.ToBase64String(reader.Bytes),
        "bool" => reader.Number != 0,
        "int" => reader.Number,
        "nonzero" => reader.Number == 0 ? null : reader.Number,
        "intOrString" => IntOrString(reader.Bytes),
        _ => Message(field.Type, reader.Bytes) is { Count: > 0 } message ? message : null,
    };

    private static JsonNode? Text(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes);

    private static JsonNode? IntOrString(ReadOnlySpan<byte> bytes)
    {
        long type = 0, number = 0;
        var text = "";
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1)
                type = reader.Number;
            else if (reader.Field == 2)
                number = reader.Number;
            else if (reader.Field == 3)
                text = Encoding.UTF8.GetString(reader.Bytes);
        }

        return type == 1 ? text : number;
    }

    private static void AddEntry(JsonObject map, string type, ReadOnlySpan<byte> bytes)
    {
        var key = "";
        JsonNode value = "";
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1)
                key = Encoding.UTF8.GetString(reader.Bytes);
            else if (reader.Field == 2)
                value = type switch
                {
                    "bytesmap" => Convert.ToBase64String(reader.Bytes),
                    "quantities" => TypeOf(reader.Bytes).ApiVersion,
                    _ => Encoding.UTF8.GetString(reader.Bytes),
                };
        }

        map[key] = value;
    }
}
