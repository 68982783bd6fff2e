namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>A field of a protobuf message.</summary>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">Its type, see <see cref="ProtobufSchema"/>.</param>
/// <param name="IsList">Whether it is repeated.</param>
internal sealed record ProtobufField(int Number, string Name, string Type, bool IsList);
