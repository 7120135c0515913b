terraform {
  required_providers {
    restapi = {
      source  = "mastercard/restapi"
      version = "1.20.0"
    }
  }
}

variable "url" {
  type = string
}

variable "key" {
  type      = string
  sensitive = true
}

locals {
  users = { for user in jsondecode(file("${path.module}/users.json")) : user.email => user }
}

provider "restapi" {
  uri                   = var.url
  create_returns_object = true
  update_method         = "PATCH"
  headers = {
    Authorization  = "apikey ${var.key}"
    "Content-Type" = "application/json"
  }
}

resource "restapi_object" "user" {
  for_each = local.users
  path     = "/iam/users"
  data = jsonencode({
    email    = each.value.email
    password = each.value.password
    name     = each.value.name
    company  = each.value.company
  })

  # A company is changed by the client id, but an object of restapi has one id only, the user id. To make the change
  # possible, the bench writes the client id into users.json for the users that it changes.
  update_path = each.value.client == null ? null : "/iam/clients/${each.value.client}"
  update_data = each.value.client == null ? null : jsonencode({ companyName = each.value.company })
}
