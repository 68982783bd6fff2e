namespace VisionRollout.Core.Plan;

/// <summary>A person or rotation in a role.</summary>
/// <param name="Role">Role, e.g. <c>Tech Lead</c>.</param>
/// <param name="Name">Name.</param>
/// <param name="Phone">Phone.</param>
/// <param name="Email">E-mail.</param>
/// <param name="Identity">User name in the cluster; null when not known.</param>
public sealed record PlanContact(string Role, string Name, string Phone, string Email, string? Identity);
